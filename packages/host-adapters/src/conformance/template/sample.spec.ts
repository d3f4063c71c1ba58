import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { SampleKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<SampleKnobs>

beforeEach(async () => {
  bench = await startBench(adapter, fake)
})
afterEach(() => bench.close())

describe('Sample', () => {
  it('charges an account for what it downloads, and says so', async () => {
    const ref = bench.ref(bench.fake.addFile({ name: 'a.bin', content: patternContent(1000) }))
    const ctx = bench.context()
    const before = await adapter.checkAccount?.(ctx)
    await download(bench, await adapter.resolve(ctx, ref), ctx)
    const after = await adapter.checkAccount?.(ctx)
    expect((before?.trafficLeft ?? 0) - (after?.trafficLeft ?? 0)).toBe(1000)
  })
})
