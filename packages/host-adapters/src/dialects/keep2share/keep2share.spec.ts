import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { Keep2shareKnobs } from './fake.js'
import * as keep2share from './index.js'

const DAY = 86_400_000
const HOUR = DAY / 24
const TRACKING_ID = 'a1b2-LongTrackingId_9'
const md5 = '9e107d9d372bb6826bd81d3542a419d6'
const SITE: keep2share.Site = {
  id: 'Sample',
  domains: ['sample.example', 'other.example'],
  api: 'https://other.example/api/v2',
}
const adapter = keep2share.adapter(SITE)

let bench: Bench<Keep2shareKnobs>
let link: string
const content = patternContent(1_000_000)

beforeEach(async () => {
  bench = await startBench(adapter, fake(SITE))
  link = bench.fake.addFile({ name: 'a.bin', content, md5 })
})
afterEach(() => bench.close())

const resolve = (changes = {}) => adapter.resolve(bench.context(changes), bench.ref(link))
const account = () => adapter.checkAccount?.(bench.context())
const check = (...links: string[]) =>
  adapter.check(
    bench.checkContext(),
    links.map((one) => bench.ref(one)),
  )
const logins = () => bench.fake.calls.filter((call) => call === 'login').length
const owned = () => {
  const [one] = bench.fake.knobs.accounts
  if (one === undefined) throw new Error('the fake has no account')
  return one
}

describe('the family of Keep2share', () => {
  it('states name, exact size and MD5, which only the list of files tells', async () => {
    const info = {
      state: 'available',
      name: 'a.bin',
      size: content.size,
      hash: { algorithm: 'md5', value: md5 },
    }
    expect(await check(link)).toMatchObject([info])
    expect(await check(link, link)).toMatchObject([info, info])
  })

  it('charges a file once a day however often it is resolved, and never for a check', async () => {
    const before = owned().trafficLeft
    await check(link)
    expect(owned().trafficLeft).toBe(before)
    await resolve()
    await resolve()
    expect(owned().trafficLeft).toBe(before - content.size)
    bench.clock.now += DAY
    await resolve()
    expect(owned().trafficLeft).toBe(before - 2 * content.size)
  })

  it('asks whether the file is still there before it is charged, whatever the list says', async () => {
    bench.fake.knobs.staleList = true
    const other = bench.fake.addFile({ name: 'other.bin', content })
    expect(await check(link, other)).toMatchObject([{ state: 'available' }, { state: 'available' }])
    bench.fake.removeFile(link)
    expect(await check(link, other)).toMatchObject([{ state: 'available' }, { state: 'available' }])
    expect(await check(link)).toMatchObject([{ state: 'gone' }])
    await expect(resolve()).rejects.toMatchObject({ kind: 'FILE_GONE' })
    expect(bench.fake.calls).not.toContain('getUrl')
  })

  it('finds a file by a tracking id, and pays for its own', async () => {
    bench.fake.knobs.aliases[TRACKING_ID] = bench.ref(link).fileId
    const tracked = `https://sample.example/file/${TRACKING_ID}`
    const [first, second] = await check(tracked, link)
    expect(first).toEqual({ ...second, fileId: TRACKING_ID })
    expect(await check(tracked)).toMatchObject([{ fileId: TRACKING_ID, size: content.size }])
    const before = owned().trafficLeft
    await resolve()
    await adapter.resolve(bench.context(), bench.ref(tracked))
    expect(owned().trafficLeft).toBe(before - content.size)
  })

  it('calls every file gone when the host knows none of the ids', async () => {
    bench.fake.removeFile(link)
    expect(await check(link, 'https://sample.example/file/0000000000000')).toMatchObject([
      { state: 'gone' },
      { state: 'gone' },
    ])
  })

  it('tells folders and private files apart in a batch', async () => {
    const folder = bench.fake.addFolder?.({ name: 'f', entries: [] }) ?? ''
    const asFile = folder.replace('/folder/', '/file/')
    expect(await check(asFile, link)).toMatchObject([
      { state: 'refused', error: { kind: 'FOLDER' } },
      { state: 'available' },
    ])
    bench.fake.knobs.access = 'private'
    expect(await check(link, asFile)).toMatchObject([
      { state: 'refused', error: { kind: 'FILE_RESTRICTED' } },
      { state: 'refused', error: { kind: 'FOLDER' } },
    ])
  })

  it('logs in once more when the token runs out, belongs to another address, or is asked for a captcha', async () => {
    bench.fake.knobs.tokenMs = HOUR / 4
    await resolve()
    bench.clock.now += HOUR / 4
    await resolve()
    expect(logins()).toBe(2)
    bench.fake.knobs.clientAddress = '192.0.2.2'
    await resolve()
    expect(logins()).toBe(3)
    bench.fake.knobs.captchaForStaleTokens = true
    bench.fake.knobs.forgetSessions()
    await resolve()
    expect(logins()).toBe(4)
  })

  it('stops at the failed logins of an address, and tells the operator where a captcha is', async () => {
    bench.fake.knobs.loginAttempts = 1
    owned().password = 'another'
    await expect(account()).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
    await expect(account()).rejects.toMatchObject({ kind: 'EGRESS_BLOCKED' })
    bench.fake.knobs.loginAttempts = Infinity
    bench.fake.knobs.captcha = true
    await expect(account()).rejects.toMatchObject({ humanAction: { url: 'https://sample.example' } })
  })

  it('takes the token of a partner in place of logins', async () => {
    const credentials = { ...bench.fake.credentials, accessToken: owned().accessToken ?? '' }
    await resolve({ account: { id: 'partner', credentials } })
    expect(bench.fake.calls).toEqual(['getFileStatus', 'getUrl'])
    const wrong = { ...credentials, accessToken: 'wrong-access-token' }
    const refused = resolve({ account: { id: 'partner', credentials: wrong } })
    await expect(refused).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
    expect(logins()).toBe(0)
  })

  it.each<[number | string | false, boolean]>([
    [1893456000, true],
    ['1893456000', true],
    ['2030-01-01T00:00:00Z', true],
    ['2020-01-01', false],
    [false, false],
  ])('reads an account that expires at %j', async (expires, premium) => {
    owned().expires = expires
    const info = await account()
    expect(info).toMatchObject({ premium, trafficLeft: owned().trafficLeft, resetAt: bench.clock.now + DAY })
    if (premium) expect(info?.validUntil).toBe(1893456000_000)
  })

  it('does not take a paying account for a free one when its end is not stated', async () => {
    owned().expires = 'soon'
    await expect(account()).rejects.toMatchObject({ kind: 'UNEXPECTED' })
  })

  it('knows until when a direct link is valid', async () => {
    bench.fake.knobs.linkMs = HOUR
    const source = await resolve()
    expect(source).toMatchObject({ expiresAt: bench.clock.now + HOUR, size: content.size, name: 'a.bin' })
    bench.clock.now += HOUR + 1
    const { body, status } = await bench.http.open({ url: source.kind === 'url' ? source.url : '' })
    body.destroy()
    const meaning = adapter.explainDownload?.({ status, headers: {}, text: '', now: 0 })
    expect(meaning).toMatchObject({ kind: 'LINK_EXPIRED' })
  })

  it('reads a folder page by page, without what is gone', async () => {
    const links = Array.from({ length: 201 }, (_, at) => bench.fake.addFile({ name: `${at}.bin`, content }))
    const folder = bench.fake.addFolder?.({ name: 'f', entries: links }) ?? ''
    bench.fake.removeFile(links[7] ?? '')
    const found = await adapter.expand?.(bench.checkContext(), bench.ref(folder))
    expect(found?.map(({ name }) => name)).toEqual(
      links.map((_, at) => `${at}.bin`).filter((name) => name !== '7.bin'),
    )
  })
})
