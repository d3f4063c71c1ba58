import { describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { MAX_CELL, MAX_COLUMNS, longLines, lostReferences, rulesWithoutProof, wordyCells } from './docs.mjs'

const root = new URL('../', import.meta.url)
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')
const read = (path: string) => (existsSync(new URL(path, root)) ? textOf(path) : undefined)

const docs = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'))
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]

describe.each([...pages, 'CHANGELOG.md', 'SECURITY.md'])('%s', (path) => {
  it(`has no line of prose over ${MAX_COLUMNS} columns`, () => {
    expect(longLines(textOf(path))).toEqual([])
  })

  it('has no table whose cells hold sentences', () => {
    expect(wordyCells(textOf(path))).toEqual([])
  })

  it('names files that are there, and what is in them', () => {
    expect(lostReferences(textOf(path), read)).toEqual([])
  })
})

it('README.md is read in a few minutes', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(121)
})

it('ARCHITECTURE.md names a home and a test for every rule', () => {
  expect(rulesWithoutProof(textOf('ARCHITECTURE.md'))).toEqual([])
})

it.each(docs.filter((name) => name !== 'README.md'))('%s is named by a page that leads there', (name) => {
  const others = pages.filter((path) => path !== `docs/${name}`).map(textOf)
  expect(others.some((text) => text.includes(`${name})`))).toBe(true)
})

it('CONTRIBUTING.md lists every journey in a browser, and when it runs over which stores', () => {
  const rows = [...textOf('CONTRIBUTING.md').matchAll(/^\|.*`(portal[\w-]*)` *\|([^|]*)\|([^|]*)\|$/gm)]
  const listed = new Map(rows.map(([, suite, ...cells]) => [suite, cells.map((cell) => cell.trim())]))
  const files = readdirSync(new URL('e2e/src/', root))
  const columns = (suite: string, kind: string) => {
    const [first, ...others] = ['embedded', 'production'].filter(
      (column) =>
        files.includes(`${suite}.${column}.${kind}.ts`) ||
        (column === 'embedded' && files.includes(`${suite}.${kind}.ts`)),
    )
    return others.length > 0 ? 'both' : (first ?? '')
  }
  const suites = files.flatMap((name) => /^(portal[\w-]*)\..*\b(?:test|nightly)\.ts$/.exec(name)?.[1] ?? [])
  const found = new Map(suites.map((suite) => [suite, [columns(suite, 'test'), columns(suite, 'nightly')]]))
  expect(new Map([...listed].sort())).toEqual(new Map([...found].sort()))
})

describe('the rules for documents', () => {
  it('notice a line that is too long, but not in code, and no URL', () => {
    const long = 'word '.repeat(25)
    expect(
      longLines(`short\n${long}\n\`\`\`\n${long}\n\`\`\`\n- https://example.test/${'a'.repeat(120)}\n`),
    ).toEqual(['line 2 has 125 columns'])
  })

  it('notice a table that tells a story', () => {
    const table = (cell: string) => `| a | b |\n| --- | --- |\n| 1.5 × | ${cell} |\n`
    expect(wordyCells(table('16 ranges, GiB/s'))).toEqual([])
    expect(wordyCells(table('It waits; then it goes on'))).toHaveLength(1)
    expect(wordyCells(table('x'.repeat(MAX_CELL + 1)))).toHaveLength(1)
  })

  it('notice a file that is gone and a function that is elsewhere', () => {
    const source = (path: string) =>
      path === 'apps/a/src/a.ts' ? '// to give\nclass A { take() {} }' : undefined
    expect(lostReferences('`apps/a/src/a.ts`: `A.take`\n', source)).toEqual([])
    expect(lostReferences('`apps/a/src/a.ts`: `A.give`, `take`\n`apps/a/src/b.ts`\n', source)).toEqual([
      'line 1: there is no give in apps/a/src/a.ts',
      'line 2: there is no apps/a/src/b.ts',
    ])
  })

  it('notice a rule without a home or a test', () => {
    const list = (...lines: string[]) => `## Where each rule lives\n\n${lines.join('\n')}\n\n## Next\n`
    const home = '  - `apps/a/src/a.ts`: `A`'
    expect(rulesWithoutProof(list('- **One**: why', home, '  - `apps/a/src/a.spec.ts`'))).toEqual([])
    expect(rulesWithoutProof(list('- **One**: why', home))).toEqual(['"One" names no test'])
    expect(rulesWithoutProof(list('- **One**: why', '  - `e2e/src/a.test.ts`'))).toEqual([
      '"One" names no home',
    ])
    expect(rulesWithoutProof('# Nothing\n')).toHaveLength(1)
  })
})
