import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { FilerKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<FilerKnobs>
let link: string

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content: patternContent(70_000) })
})
afterEach(() => bench.close())

describe('Filer.net', () => {
  it('is asked about one file by another call than about many, without an account', async () => {
    const other = bench.fake.addFile({ name: 'b.bin', content: patternContent(10) })
    const check = (...links: string[]) =>
      adapter.check(
        bench.checkContext(),
        links.map((one) => bench.ref(one)),
      )
    expect(await check(link)).toMatchObject([{ name: 'a.bin', size: 70_000 }])
    expect(await check(link, other)).toMatchObject([{ size: 70_000 }, { size: 10 }])
    expect(bench.fake.calls).toEqual(['status', 'multi_status'])
  })

  it.each(['redirect', 'answer'] as const)(
    'gives the direct link in a(n) %s, asked without the login',
    async (linkIn) => {
      bench.fake.knobs.linkIn = linkIn
      const ctx = bench.context()
      const source = await adapter.resolve(ctx, bench.ref(link))
      expect(source).toMatchObject({ kind: 'url', size: 70_000, name: 'a.bin' })
      expect(source).not.toHaveProperty('headers')
      expect(await download(bench, source, ctx)).toHaveLength(70_000)
    },
  )

  it('has no traffic left where it counts on below zero', async () => {
    bench.fake.knobs.trafficLeft = -5_000_000
    expect(await adapter.checkAccount?.(bench.context())).toMatchObject({
      ...{ premium: true, trafficLeft: 0, validUntil: 1893456000_000 },
    })
  })
})
