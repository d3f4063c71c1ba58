import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { inBrowser } from './browser.js'
import { ProductionStores } from './production-stores.js'

const BENCH = join(import.meta.dirname, '..', '..', 'bench', 'portal.mjs')
/** Shorter than what is told in docs/benchmarks.md, and without what depends on how busy the machine is. */
const OPTIONS = ['--minutes', '0.4', '--judge', 'paints,heap']

export const describePortalRows = inBrowser('a thousand rows with 200 events a second', (stores) => {
  let production: ProductionStores | undefined
  beforeAll(async () => {
    if (stores === 'production') production = await ProductionStores.start()
  })
  afterAll(() => production?.close())

  it('keep within the budget of paints and memory (bench/portal.mjs)', async () => {
    const bench = spawn(process.execPath, [BENCH, ...OPTIONS], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...production?.env }, // of its gateway, too
    })
    const told: string[] = []
    for (const stream of [bench.stdout, bench.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => told.push(text))
    await once(bench, 'close')
    expect(told.join('')).toContain('Within the budget.')
    expect(told.join('')).toMatch(/^events a second +[1-9]/m)
  })
})
