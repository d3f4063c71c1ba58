import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { patternContent } from '../../fake/content.js'
import { readCheckedLines } from './checked-lines.js'
import { fake } from './fake.js'
import type { OneFichierKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<OneFichierKnobs>
const content = patternContent(70_000)

beforeEach(async () => {
  bench = await startBench(adapter, fake)
})
afterEach(() => bench.close())

const account = (credentials: Record<string, string> = {}) =>
  bench.context({ account: { id: 'a', credentials: { ...bench.fake.credentials, ...credentials } } })

describe('OneFichier', () => {
  it('checks a hundred links with one call that takes no key, and asks alone about private ones', async () => {
    const links = Array.from({ length: 100 }, (_, at) => bench.fake.addFile({ name: `${at}`, content }))
    links[50] = bench.fake.addFile({ name: 'closed', content, password: 'sesame' })
    const infos = await adapter.check(
      bench.context({ password: 'sesame' }),
      links.map((link) => bench.ref(link)),
    )
    expect(infos[50]).toMatchObject({ state: 'available', name: 'closed', passwordProtected: true })
    expect(bench.fake.calls).toEqual(['check_links', 'file/info'])
  })

  it('tells a batch of the one file that wants a password', async () => {
    const open = bench.fake.addFile({ name: 'open', content })
    const closed = bench.fake.addFile({ name: 'closed', content, password: 'sesame' })
    const infos = await adapter.check(bench.context(), [bench.ref(closed), bench.ref(open)])
    expect(infos).toMatchObject([
      { state: 'refused', error: { kind: 'FILE_PASSWORD_REQUIRED' } },
      { state: 'available', name: 'open' },
    ])
  })

  it('keeps the domain of a link, on which alone the file answers, and knows it as the same file', async () => {
    bench.fake.knobs.domain = 'cjoint.net'
    const link = bench.fake.addFile({ name: 'a.bin', content })
    const elsewhere = link.replace('cjoint.net', '1fichier.com')
    expect(bench.ref(link).fileId).toBe(bench.ref(elsewhere).fileId)
    const infos = await adapter.check(bench.context(), [bench.ref(link), bench.ref(elsewhere)])
    expect(infos.map(({ state }) => state)).toEqual(['available', 'gone'])
  })

  it('takes an account for valid until the end of its last day in Paris, unlimited while premium', async () => {
    expect(await adapter.checkAccount?.(bench.context())).toEqual({
      premium: true,
      validUntil: Date.UTC(2030, 0, 1, 23),
      trafficLeft: Infinity,
    })
    Object.assign(bench.fake.knobs, { offer: 0, subscriptionEnd: undefined })
    expect(await adapter.checkAccount?.(bench.context())).toEqual({ premium: false })
  })

  it('spends CDN credit only for accounts whose operator says so, and reckons with it', async () => {
    const ref = bench.ref(bench.fake.addFile({ name: 'a.bin', content }))
    Object.assign(bench.fake.knobs, { cdnRequired: true, cdn: 12.5 })
    await expect(adapter.resolve(bench.context(), ref)).rejects.toMatchObject({ kind: 'EGRESS_BLOCKED' })
    expect(await adapter.resolve(account({ cdn: 'yes' }), ref)).toMatchObject({ size: content.size })
    expect(await adapter.checkAccount?.(account({ cdn: 'yes' }))).toMatchObject({ trafficLeft: 12.5e9 })
    expect(await adapter.checkAccount?.(account({ cdn: 'no' }))).toMatchObject({ trafficLeft: Infinity })
  })

  it('is locked out by the third question after the account in five minutes', async () => {
    bench.fake.knobs.userInfoCalls = 2
    await adapter.checkAccount?.(bench.context())
    await adapter.checkAccount?.(bench.context())
    const locked = adapter.checkAccount?.(bench.context())
    await expect(locked).rejects.toMatchObject({ kind: 'RATE_LIMITED', retryAt: bench.clock.now + 300_000 })
    bench.clock.now += 300_000
    expect(await adapter.checkAccount?.(bench.context())).toMatchObject({ premium: true })
    expect(adapter.manifest.accountCheckIntervalMs).toBeGreaterThan(300_000)
  })

  it('knows when a direct link runs out', async () => {
    const ref = bench.ref(bench.fake.addFile({ name: 'a.bin', content }))
    const source = await adapter.resolve(bench.context(), ref)
    expect(source).toMatchObject({ kind: 'url', expiresAt: bench.clock.now + 300_000 })
    if (source.kind !== 'url') return
    bench.clock.now += 300_001
    const { body, status } = await bench.http.open({ url: source.url })
    body.destroy()
    expect(status).toBe(404)
  })
})

describe('lines of check_links.pl', () => {
  const url = 'https://1fichier.com/?abcde12345'
  const read = (text: string) => readCheckedLines(text, [url]).get(url)

  it.each([
    [`${url};a.bin;1048576`, { state: 'available', name: 'a.bin', size: 1048576 }],
    [
      `${url};Tom &amp; Jerry; part 1.mkv;7\r`,
      { state: 'available', name: 'Tom & Jerry; part 1.mkv', size: 7 },
    ],
    [`${url};;;odd;0`, { state: 'available', name: ';;odd', size: 0 }],
    [`${url};;;NOT FOUND`, { state: 'gone' }],
    [`${url};;;BAD LINK`, { state: 'gone' }],
    [`${url};;;PRIVATE`, { state: 'private' }],
    [`${url};;;SOMETHING NEW`, undefined],
    [`${url};a.bin;`, undefined],
    [`${url};a.bin;-1`, undefined],
    [`${url};12`, undefined],
    [url, undefined],
    ['https://1fichier.com/?other12345;a.bin;1', undefined],
    ['', undefined],
  ])('%j', (text, line) => {
    expect(read(text)).toEqual(line)
  })
})
