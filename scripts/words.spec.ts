import { describe, expect, it } from '@jest/globals'
import { Linter } from 'eslint'
import { readFileSync, readdirSync } from 'node:fs'
import tseslint from 'typescript-eslint'
import { retired, retiredIn } from './words.mjs'

const linter = new Linter()

/** The names that the rule finds in a file of this text. */
function faultsIn(text: string, filename = 'apps/api/src/a.ts'): string[] {
  const config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    plugins: { words: { rules: { retired } } },
    rules: { 'words/retired': 'error' as const },
  }
  return linter.verify(text, config, filename).map(({ message }) => message.split(' ')[0] ?? '')
}

describe('a name that is retired', () => {
  it.each([
    ['of a class', 'class LastKnown {}', 'LastKnown'],
    ['of a type that is used', 'let a: PresumedCaller', 'PresumedCaller'],
    ['of a method that is called', 'breaker.sang(1)', 'sang'],
    ['of a private member', 'class A { #knownFiles = 1 }', 'knownFiles'],
    ['of what holds one', 'const lastKnown = 1', 'lastKnown'],
    ['in a comment', '// see KnownFiles', 'KnownFiles'],
    ['of a function that is a participle', 'class A { asked() {} }', 'asked'],
  ])('%s is found', (_, text, name) => {
    expect(faultsIn(text)).toEqual([name])
  })

  it('of a file is found', () => {
    expect(faultsIn('', 'apps/api/src/last-known.ts')).toEqual(['the'])
    expect(faultsIn('', 'apps/api/src/last-known.spec.ts')).toEqual(['the'])
  })

  it('is not looked for in words that are plain English, in strings, and where a test names its own things', () => {
    expect(faultsIn('// The attempt after the arrival of a crew.')).toEqual([])
    expect(faultsIn("log('recall')")).toEqual([])
    expect(faultsIn('function asked() {}', 'apps/api/src/a.spec.ts')).toEqual([])
  })
})

const root = new URL('../', import.meta.url)
const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

it.each(documents)('%s uses no retired name', (path) => {
  expect(retiredIn(readFileSync(new URL(path, root), 'utf8'))).toEqual([])
})
