import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'

const DIST = join(import.meta.dirname, '..', 'apps', 'portal', 'dist')
const ASSETS = join(DIST, 'assets')

/** Bytes as they go over the wire. */
const size = (name: string): number => {
  const path = join(ASSETS, name)
  return existsSync(`${path}.br`)
    ? statSync(`${path}.br`).size
    : brotliCompressSync(readFileSync(path)).length
}
const names = () => readdirSync(ASSETS).filter((name) => /\.(?:js|css)$/.test(name))

/** An asset with all that it imports before it runs. */
function graphOf(roots: readonly string[]): string[] {
  const seen = new Set<string>()
  const waiting = [...roots]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const source = readFileSync(join(ASSETS, name), 'utf8')
    for (const [, imported] of source.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
      if (imported !== undefined) waiting.push(imported)
    }
  }
  return [...seen]
}

const chunk = (beginning: string): string => {
  const found = names().find((name) => name.startsWith(`${beginning}-`) && name.endsWith('.js'))
  if (found === undefined) throw new Error(`the build has no chunk ${beginning}`)
  return found
}
const sum = (assets: readonly string[]) => assets.reduce((total, name) => total + size(name), 0)

const entry = () =>
  [...readFileSync(join(DIST, 'index.html'), 'utf8').matchAll(/\/assets\/([^"]+\.js)"/g)].map(
    ([, name]) => name ?? '',
  )

/** Budgets in bytes, compressed by brotli (docs/portal.md). */
describe('the portal over the wire', () => {
  it('is signed in to with at most 110 kB of script', () => {
    expect(sum(graphOf([...entry(), chunk('sign-in-page')]))).toBeLessThanOrEqual(110_000)
  })

  it('shows its first page with at most 180 kB of script', () => {
    const files = graphOf([...entry(), chunk('app'), chunk('frame'), chunk('add-page')])
    expect(files.length).toBeGreaterThan(3)
    expect(sum(files)).toBeLessThanOrEqual(180_000)
  })

  it('has at most 30 kB of styles', () => {
    expect(sum(names().filter((name) => name.endsWith('.css')))).toBeLessThanOrEqual(30_000)
  })

  it('loads no part later that is larger than 60 kB', () => {
    const first = new Set(graphOf(entry()))
    const later = names().filter((name) => name.endsWith('.js') && !first.has(name))
    expect(later.filter((name) => size(name) > 60_000)).toEqual([])
  })
})

describe('the code of the portal', () => {
  it('is made of no text, which its content policy forbids: what validates at run time stays on the server', () => {
    const scripts = names().filter((name) => name.endsWith('.js'))
    const made = scripts.filter((name) => /\bFunction\(/.test(readFileSync(join(ASSETS, name), 'utf8')))
    expect(made).toEqual([])
  })
})
