import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { FikperKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<FikperKnobs>
let link: string
const content = patternContent(1000)

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content })
})
afterEach(() => bench.close())

describe('Fikper', () => {
  it.each(['2030-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000000Z', 1_893_456_000_000, '1893456000000'])(
    'reads the end of the premium time from %j',
    async (premiumExpire) => {
      bench.fake.knobs.account.premiumExpire = premiumExpire
      expect(await adapter.checkAccount?.(bench.context())).toEqual({
        premium: true,
        validUntil: Date.UTC(2030, 0, 1),
        trafficLeft: 2 ** 40 - 2 ** 30,
        trafficTotal: 2 ** 40,
      })
    },
  )

  it('takes an account without an end, or with one in the past, for free', async () => {
    bench.fake.knobs.account.premiumExpire = '2020-01-01T00:00:00.000Z'
    expect(await adapter.checkAccount?.(bench.context())).toEqual({ premium: false })
    bench.fake.knobs.account.premium = false
    expect(await adapter.checkAccount?.(bench.context())).toEqual({ premium: false })
  })

  it('finds the account by either name of the call', async () => {
    bench.fake.knobs.accountPath = '/api/account/info'
    expect(await adapter.checkAccount?.(bench.context())).toMatchObject({ premium: true })
  })

  it('reads a file that is described inside a refusal', async () => {
    bench.fake.knobs.describesInRefusals = true
    const [info] = await adapter.check(bench.context(), [bench.ref(link)])
    expect(info).toMatchObject({ state: 'available', name: 'a.bin', size: 1000 })
  })

  it('keeps what is wrong with one file of a batch apart from what is wrong with the account', async () => {
    const other = bench.fake.addFile({ name: 'b.bin', content: patternContent(1000) })
    const refs = [bench.ref(link), bench.ref(other)]
    bench.fake.knobs.rowError = 418
    const refused = { state: 'refused', error: { kind: 'UNEXPECTED' } }
    expect(await adapter.check(bench.context(), refs)).toMatchObject([refused, refused])
    bench.fake.knobs.rowError = 401
    await expect(adapter.check(bench.context(), refs)).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
  })
})
