import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { HostError } from '../../kit/errors.js'
import { fake } from './fake.js'
import type { RapidGatorKnobs } from '../../dialects/rapidgator/fake.js'
import { adapter } from './index.js'

let bench: Bench<RapidGatorKnobs>
let link: string
const content = patternContent(3 * 2 ** 20)
const md5 = '9e107d9d372bb6826bd81d3542a419d6'

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content, md5 })
})
afterEach(() => bench.close())

describe('RapidGator', () => {
  it('states name, exact size and MD5 of one file', async () => {
    const [info] = await adapter.check(bench.context(), [bench.ref(link)])
    expect(info).toEqual({
      fileId: bench.ref(link).fileId,
      state: 'available',
      name: 'a.bin',
      size: content.size,
      hash: { algorithm: 'md5', value: md5 },
    })
  })

  it('reads traffic in bytes and adds the day the site keeps serving', async () => {
    const account = bench.fake.knobs.accounts[0]
    for (const asStrings of [false, true]) {
      bench.fake.knobs.numbersAsStrings = asStrings
      expect(await adapter.checkAccount?.(bench.context())).toEqual({
        premium: true,
        validUntil: 1893456000_000 + 86_400_000,
        trafficLeft: account?.trafficLeft,
        trafficTotal: account?.trafficTotal,
      })
    }
  })

  it('uses one connection for files up to 2 MiB', async () => {
    const small = bench.fake.addFile({ name: 's.bin', content: patternContent(2 * 2 ** 20) })
    expect((await adapter.resolve(bench.context(), bench.ref(small))).maxChunks).toBe(1)
    expect((await adapter.resolve(bench.context(), bench.ref(link))).maxChunks).toBeUndefined()
  })

  it('serves the bytes of the direct link and charges them to the account', async () => {
    const source = await adapter.resolve(bench.context(), bench.ref(link))
    const url = source.kind === 'url' ? source.url : ''
    const before = bench.fake.knobs.accounts[0]?.trafficLeft ?? 0
    const { body } = await bench.http.open({ url, headers: { range: 'bytes=1000-' } })
    const chunks: Buffer[] = []
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(await contentBytes(content, 1000))).toBe(true)
    expect(before - (bench.fake.knobs.accounts[0]?.trafficLeft ?? 0)).toBe(content.size - 1000)
  })

  it('tells a listed file that is not served from a lapsed premium time', async () => {
    const { knobs } = bench.fake
    knobs.answers['file/download'] = {
      status: 404,
      body: { response: null, status: 404, details: 'Error: File not found' },
    }
    const attempt = () => adapter.resolve(bench.context(), bench.ref(link)).catch((error: unknown) => error)
    expect(await attempt()).toMatchObject({ kind: 'HOST_TEMP' })
    for (const account of knobs.accounts) account.premium = false
    expect(await attempt()).toMatchObject({ kind: 'ACCOUNT_NOT_PREMIUM' })
    bench.fake.removeFile(link)
    expect(await attempt()).toMatchObject({ kind: 'FILE_GONE' })
  })

  it('keeps a second login inside the window from happening unnoticed', async () => {
    bench.fake.knobs.loginWindowMs = 60_000
    await adapter.check(bench.context(), [bench.ref(link)])
    bench.fake.knobs.forgetSessions()
    const error: unknown = await adapter.check(bench.context(), [bench.ref(link)]).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(HostError)
    expect(error).toMatchObject({ kind: 'ACCOUNT_RATE', retryAt: bench.clock.now + 300_000 })
    bench.clock.now += 60_000
    expect(await adapter.check(bench.context(), [bench.ref(link)])).toHaveLength(1)
  })

  it('explains answers of direct links', () => {
    const explain = (status: number, text: string, headers = {}) => {
      const answer = adapter.explainDownload?.({ status, text, headers, now: 0 })
      return answer instanceof HostError ? answer.kind : answer
    }
    expect(explain(500, '{"error":"Unexpected range request","success":false}')).toBe('retry-without-range')
    expect(explain(500, '', { 'x-error': 'Unexpected range request' })).toBe('retry-without-range')
    expect(explain(416, '')).toBe('retry-without-range')
    expect(explain(200, '{"error":"Denied by IP","success":false}')).toBe('EGRESS_BLOCKED')
    expect(explain(200, 'This download session is not for you')).toBe('SESSION_EXPIRED')
    expect(explain(200, '<html>Maintenance in data center</html>')).toBe('HOST_DOWN')
    expect(explain(404, '<html>Not found</html>')).toBe('LINK_EXPIRED')
    expect(explain(403, 'Buy for 9.99 USD')).toBe('FILE_RESTRICTED')
    expect(explain(503, '')).toBe('HOST_TEMP')
    expect(explain(200, 'ordinary bytes')).toBeUndefined()
  })
})

describe('a second factor at RapidGator', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  it.each([
    [secret, true],
    ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', false],
  ])('is answered with the code of the moment: %s', async (totpSecret, right) => {
    bench.fake.knobs.accounts.forEach((one) => (one.secondFactor = secret))
    const credentials = { ...bench.fake.credentials, totpSecret }
    const asked = adapter.checkAccount?.(bench.context({ account: { id: 'account-1', credentials } }))
    if (right) expect(await asked).toMatchObject({ premium: true })
    else await expect(asked).rejects.toMatchObject({ kind: 'ACCOUNT_NEEDS_HUMAN' })
  })
})
