import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import type { HostRequest } from '@obb/host-http'
import { fake } from './fake.js'
import type { TurboKnobs } from './fake.js'
import * as turbobit from './index.js'
import { usable } from './mirrors.js'
import type { Site } from './site.js'

const SITE: Site = {
  id: 'Sample',
  domains: ['sample.test'],
  api: 'https://app.sample.test',
  pages: 'html',
  facts: [],
  reviewed: '2026-08-22',
}
const GB = 1e9
const adapter = turbobit.adapter(SITE)
const content = patternContent(100_003, 5)

let bench: Bench<TurboKnobs>
let link: string

beforeEach(async () => {
  bench = await startBench(adapter, fake(SITE))
  link = bench.fake.addFile({ name: 'a.bin', content })
})
afterEach(() => bench.close())

const check = () => adapter.check(bench.context(), [bench.ref(link)])
const resolve = () => adapter.resolve(bench.context(), bench.ref(link))
const account = () => adapter.checkAccount?.(bench.context())
const calls = (name: string) => bench.fake.calls.filter((call) => call === name).length
const answer = (call: string, body: object) => {
  bench.fake.knobs.answers[call] = { status: 200, body }
}

describe('mirrors of a file', () => {
  it('are tried in their order until one serves it', async () => {
    bench.fake.knobs.mirrors = 4
    bench.fake.knobs.deadMirrors = 2
    const source = await resolve()
    expect(calls('dl')).toBe(3)
    const bytes = await download(bench, source, bench.context())
    expect(bytes.equals(await contentBytes(content))).toBe(true)
  })

  it('that cannot be reached are passed over', async () => {
    const working = bench.fake.origins['api'] ?? ''
    const premium = await resolve()
    const url = premium.kind === 'url' ? premium.url : ''
    answer('download/info', {
      file: { name: 'a.bin', size: 100_003 },
      premium: true,
      downloadUrls: ['http://127.0.0.1:1/closed', url],
    })
    expect(await resolve()).toMatchObject({ url: expect.stringContaining(working), size: 100_003 })
  })

  it('are not asked where there is but one', async () => {
    bench.fake.knobs.mirrors = 1
    await resolve()
    expect(calls('dl')).toBe(0)
  })

  it('may have names with stray signs, and are web addresses only', () => {
    expect(
      usable(['http://m.test/100% a.bin', 'http://m.test/a%20b%2', 'ftp://m.test/a', 'x', undefined]),
    ).toEqual(['http://m.test/100%25%20a.bin', 'http://m.test/a%20b%252'])
  })
})

describe('a session', () => {
  it('that is lost unsaid is renewed once, and the file fetched', async () => {
    await account()
    bench.fake.knobs.visitors = true
    bench.fake.knobs.forgetSessions()
    expect(await resolve()).toMatchObject({ size: 100_003 })
    expect(calls('auth/login')).toBe(2)
  })

  it('that does not count as premium is renewed once, then the premium account rests', async () => {
    answer('download/info', { file: { name: 'a.bin', size: 1 }, premium: false, downloadUrls: [] })
    const retryAt = bench.clock.now + 30 * 60_000
    await expect(resolve()).rejects.toMatchObject({ kind: 'ACCOUNT_QUOTA', retryAt })
    expect(calls('auth/login')).toBe(2)
  })

  it('of a free account is not renewed, for logins are scarce', async () => {
    for (const one of bench.fake.knobs.accounts) one.status = 'free'
    await expect(resolve()).rejects.toMatchObject({ kind: 'ACCOUNT_NOT_PREMIUM' })
    expect(await check()).toMatchObject([{ state: 'available', size: 100_003 }])
    expect(calls('auth/login')).toBe(1)
  })

  it('is a cookie: credentials and cookies are in no URL', async () => {
    const urls: string[] = []
    const ctx = bench.context()
    const request = (one: HostRequest) => {
      urls.push(one.url + JSON.stringify(one.query ?? {}))
      return ctx.http.request(one)
    }
    await adapter.resolve({ ...ctx, http: { ...ctx.http, request } }, bench.ref(link))
    expect(urls).toHaveLength(2)
    const secrets = [
      ...Object.values(bench.fake.credentials),
      ...(/"value":"(\w+)"/.exec(bench.session.token ?? '') ?? []),
    ]
    expect(secrets.length).toBeGreaterThan(2)
    expect(secrets.filter((secret) => urls.join().includes(secret))).toEqual([])
  })
})

describe('traffic of an account', () => {
  it('is the lesser of the day’s and the month’s, in gigabytes with a decimal comma', async () => {
    expect(await account()).toEqual({
      premium: true,
      validUntil: Date.UTC(2030, 0, 1),
      trafficLeft: 98.5 * GB,
      trafficTotal: 100 * GB,
    })
    answer('premium/info', {
      dayTrafficLeft: '98,5',
      dayTrafficLimit: '100',
      monthTrafficLeft: 7,
      monthTrafficLimit: '1000',
    })
    expect(await account()).toMatchObject({ trafficLeft: 7 * GB, trafficTotal: 1000 * GB })
  })

  it('is unknown where the site says nothing, and known by what it says', async () => {
    answer('premium/info', { banInfo: false })
    expect(await account()).toEqual({ premium: true, validUntil: Date.UTC(2030, 0, 1) })
    answer('premium/info', { monthTrafficLeft: '0', monthTrafficLimit: '1000', banInfo: [] })
    expect(await account()).toMatchObject({ trafficLeft: 0, trafficTotal: 1000 * GB })
  })

  it('is not asked for where there is no premium time', async () => {
    for (const one of bench.fake.knobs.accounts) one.status = 'free'
    expect(await account()).toEqual({ premium: false })
    expect(calls('premium/info')).toBe(0)
  })
})

describe('a check of many files', () => {
  it('asks no further about those that are gone', async () => {
    const links = Array.from({ length: 3 }, (_, at) => bench.fake.addFile({ name: `${at}`, content }))
    links.forEach((one) => bench.fake.removeFile(one))
    const infos = await adapter.check(
      bench.context(),
      [link, ...links].map((one) => bench.ref(one)),
    )
    expect(infos.map(({ state }) => state)).toEqual(['available', 'gone', 'gone', 'gone'])
    expect([calls('links/check'), calls('download/info')]).toEqual([1, 1])
  })
})

it('a platform of the dialect is off until its operator wants it', () => {
  expect(adapter.manifest.enabledByDefault).toBe(false)
})
