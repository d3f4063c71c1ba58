import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { NitroFlareKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<NitroFlareKnobs>
let link: string
const content = patternContent(70_000)
const md5 = '9e107d9d372bb6826bd81d3542a419d6'
const GIB = 2 ** 30

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content, md5 })
})
afterEach(() => bench.close())

const check = (...links: string[]) =>
  adapter.check(
    bench.checkContext(),
    links.map((one) => bench.ref(one)),
  )

describe('NitroFlare', () => {
  it('states name, size and MD5 without an account, and whether a file has a password', async () => {
    const closed = bench.fake.addFile({ name: 'b.bin', content, password: 'sesame' })
    expect(await check(link, closed)).toMatchObject([
      { name: 'a.bin', size: 70_000, hash: { algorithm: 'md5', value: md5 }, passwordProtected: false },
      { name: 'b.bin', passwordProtected: true },
    ])
    expect(bench.fake.calls).toEqual(['getFileInfo'])
  })

  it('takes the empty list that stands for an empty map', async () => {
    bench.fake.removeFile(link)
    expect(await check(link, link)).toMatchObject([{ state: 'gone' }, { state: 'gone' }])
  })

  it('reads traffic in bytes, as numbers or digits, and no date of who has none', async () => {
    expect(await adapter.checkAccount?.(bench.context())).toEqual({
      premium: true,
      validUntil: Date.UTC(2030, 0, 1),
      trafficLeft: 25 * GIB,
      trafficTotal: 25 * GIB,
    })
    Object.assign(bench.fake.knobs, { status: 'banned', expiryDate: 0, trafficLeft: 0 })
    expect(await adapter.checkAccount?.(bench.context())).toEqual({
      premium: false,
      trafficLeft: 0,
      trafficTotal: 25 * GIB,
    })
  })

  it('charges what is handed out', async () => {
    const ctx = bench.context()
    await download(bench, await adapter.resolve(ctx, bench.ref(link)), ctx)
    expect(bench.fake.knobs.trafficLeft).toBe(25 * GIB - 70_000)
  })

  it('tells the operator what to do about a captcha, and works once that is done', async () => {
    bench.fake.knobs.captchaGate = true
    const error: unknown = await adapter.resolve(bench.context(), bench.ref(link)).catch((e: unknown) => e)
    expect(error).toMatchObject({
      kind: 'ACCOUNT_NEEDS_HUMAN',
      humanAction: { url: 'https://nitroflare.com/member' },
    })
    await bench.http.request({ url: `${bench.fake.origins['api']}/api/v2/__unlock` })
    expect(await adapter.resolve(bench.context(), bench.ref(link))).toMatchObject({ size: 70_000 })
  })

  it('is back with the next day when the traffic of this one is used up', () => {
    const text = '<p>You have reached the maximum volume for today</p>'
    const now = Date.UTC(2026, 7, 22, 23, 59)
    expect(adapter.explainDownload?.({ status: 200, headers: {}, text, now })).toMatchObject({
      kind: 'ACCOUNT_QUOTA',
      retryAt: Date.UTC(2026, 7, 23),
    })
  })

  it('names no account in the error of a call whose URL holds it', async () => {
    await bench.fake.close()
    const error: unknown = await adapter.checkAccount?.(bench.context()).catch((e: unknown) => e)
    expect(String(error)).toContain('/api/v2/getKeyInfo')
    expect(String(error)).not.toMatch(/user|premiumKey|example/)
  })
})
