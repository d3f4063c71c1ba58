import { afterEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import type { AccountInfo } from '../../kit/adapter.js'
import { patternContent } from '../../fake/content.js'
import * as xfilesharing from '../xfilesharing/fake.js'
import { readAccountPage } from './account-page.js'
import { fake } from './fake.js'
import type { XfsPagesKnobs } from './fake.js'
import * as session from './index.js'
import { directLink, redirectedLink } from './links.js'
import type { Site } from './site.js'

const SITE: Site = {
  ...{ id: 'Sample', domains: ['sample.test', 'other.test'], pages: 'https://sample.test' },
  ...{ api: 'https://sample.test/api', maxChunks: 4, maxDownloads: 5, facts: [], reviewed: '2026-08-22' },
}
const NOW = Date.UTC(2026, 7, 22)

let bench: Bench<XfsPagesKnobs>

async function start(): Promise<Bench<XfsPagesKnobs>> {
  bench = await startBench(session.adapter(SITE), fake(SITE))
  return bench
}
const add = () => bench.fake.addFile({ name: 'a & b.bin', content: patternContent(1000) })
const resolve = (link: string) => bench.adapter.resolve(bench.context(), bench.ref(link))

afterEach(() => bench?.close())

describe('a premium download with the session of a browser', () => {
  it.each([
    ['form', 'redirect', ['file', 'form']],
    ['form', 'page', ['file', 'form']],
    ['choice', 'redirect', ['file', 'form', 'form']],
    ['choice', 'page', ['file', 'form', 'form']],
    ['direct', 'redirect', ['file']],
  ] as const)('is made by %s, with the link in a %s', async (flow, linkIn, calls) => {
    const { fake } = await start()
    Object.assign(fake.knobs, { flow, linkIn })
    const source = await resolve(add())
    expect(source).toMatchObject({ kind: 'url', url: expect.stringContaining('/dl/') })
    expect(fake.calls).toEqual(calls)
  })

  it('is never the free one: without a premium button nothing is sent', async () => {
    const { fake } = await start()
    fake.knobs.account.premiumExpire = '1 January 2020'
    fake.knobs.flow = 'form'
    await expect(resolve(add())).rejects.toMatchObject({ kind: 'ACCOUNT_NOT_PREMIUM' })
    fake.knobs.account.premiumExpire = '1 January 2030'
    fake.knobs.captcha = true
    const before = fake.calls.length
    await expect(resolve(add())).rejects.toMatchObject({ kind: 'ACCOUNT_NOT_PREMIUM' })
    expect(fake.calls.slice(before)).toEqual(['file'])
  })

  it('does not take a page out of a cache for the end of the session', async () => {
    const { fake } = await start()
    fake.knobs.cached = true
    await expect(resolve(add())).rejects.toMatchObject({ kind: 'ACCOUNT_NOT_PREMIUM' })
    expect(fake.calls).toEqual(['file', 'my_account'])
  })

  it('sends the User-Agent of the browser with every call and the download', async () => {
    await start()
    const account = { id: 'account-1', credentials: { ...bench.fake.credentials, userAgent: 'Browser/1' } }
    const seen: unknown[] = []
    const { http } = bench
    const context = bench.context({
      account,
      http: { ...http, request: (call) => (seen.push(call.headers?.['user-agent']), http.request(call)) },
    })
    const source = await bench.adapter.resolve(context, bench.ref(add()))
    expect(seen).toEqual(['Browser/1', 'Browser/1'])
    expect(source).toMatchObject({ headers: { 'user-agent': 'Browser/1' } })
  })
})

describe('a check with the session of a browser', () => {
  it('is made as a visitor, so that it never takes the file', async () => {
    const { fake } = await start()
    fake.knobs.flow = 'direct'
    expect(await bench.adapter.check(bench.context(), [bench.ref(add())])).toMatchObject([
      { state: 'available', name: 'a & b.bin' },
    ])
    expect(fake.calls).toEqual(['file'])
  })

  it('is made as the browser that the guard of the site knows', async () => {
    await start()
    const cookies = `${bench.fake.credentials['cookies']}; cf_clearance=looked-at`
    const seen: unknown[] = []
    const { http } = bench
    const context = bench.context({
      account: { id: 'account-1', credentials: { cookies } },
      http: { ...http, request: (call) => (seen.push(call.headers?.['cookie']), http.request(call)) },
    })
    await bench.adapter.check(context, [bench.ref(add())])
    expect(seen).toEqual(['cf_clearance=looked-at'])
  })

  it('is made by the API where the account has a key for it, which tells the exact size', async () => {
    await start()
    const { id, domains, maxChunks, maxDownloads, facts, reviewed } = SITE
    const keyed = xfilesharing.fake({ id, domains, api: '', maxChunks, maxDownloads, facts, reviewed })
    const api = await keyed.start()
    try {
      const ref = bench.ref(api.addFile({ name: 'a.bin', content: patternContent(1234) }))
      const credentials = { ...bench.fake.credentials, ...api.credentials }
      const origin = (name: string) =>
        name === 'api' ? `${api.origins['api']}/api` : bench.context().origin(name)
      const context = bench.context({ account: { id: 'account-1', credentials }, origin })
      expect(await bench.adapter.check(context, [ref])).toMatchObject([{ name: 'a.bin', size: 1234 }])
      expect(bench.fake.calls).toEqual([])
    } finally {
      await api.close()
    }
  })
})

describe('the account page', () => {
  const endOfDay = Date.UTC(2027, 2, 25) - 1
  const second = Date.UTC(2027, 2, 24, 10, 20, 30)
  const GIB = 2 ** 30
  it.each<[string, AccountInfo]>([
    [
      'Premium account expire: 24 March 2027 Traffic available today: 98.5 GB',
      { premium: true, validUntil: endOfDay, trafficLeft: 98.5 * GIB },
    ],
    ['Premium-Account expire: 24 March 2027 10:20:30', { premium: true, validUntil: second }],
    ['Premium valid until March 24, 2027', { premium: true, validUntil: endOfDay }],
    [
      'Premium until: 2027-03-24 10:20:30 Traffic left 5 GB',
      { premium: true, validUntil: second, trafficLeft: 5 * GIB },
    ],
    ['Premium account expires Never', { premium: true, validUntil: Infinity }],
    ['Account type: Premium Traffic available: Unlimited', { premium: true, trafficLeft: Infinity }],
    [
      'Premium account expire: 24 March 2027 Traffic available: -12.5 GB',
      { premium: true, validUntil: endOfDay, trafficLeft: 0 },
    ],
    ['Premium account expire: 24 March 2020', { premium: false }],
    ['Account type: Free Upgrade to premium', { premium: false }],
    ['My account Email a@example.test Go premium', { premium: false }],
  ])('is read in the words of its themes: %s', (text, expected) => {
    expect(readAccountPage(text, NOW)).toEqual(expected)
  })

  it('that says nothing of a premium time is not taken for a free account', () => {
    expect(readAccountPage('My account Settings Logout', NOW)).toBeUndefined()
  })
})

describe('a link on a page', () => {
  const page = 'https://sample.test/abcdef123456'
  it.each([
    ['https://fs1.sample.test/d/4fzq3hy5lcmtkt7h/a.bin', true],
    ['https://203.0.113.7:8443/d/4fzq3hy5lcmtkt7hq2/a%20b.part01.rar', true],
    ['https://fs1.sample.test/cgi-bin/dl.cgi/4fzq3hy5lcmtkt7h/a.bin', true],
    ['/files/3/4fzq3hy5lcmtkt7h/a.bin', true],
    ['https://sample.test/abcdef123456/a.bin.html', false],
    ['https://sample.test/d/4bkm/a.bin', false],
    ['https://sample.test/d/abcdef123456', false],
    ['https://sample.test/?op=logout', false],
    ['javascript:void(0)', false],
    ['http://[', false],
  ])('is a direct link or not: %s', (link, expected) => {
    expect(directLink(link, page) !== undefined).toBe(expected)
  })

  it('that a page redirects to may be on a server of any kind, but is no page of the site', () => {
    const redirected = (link: string) => redirectedLink(link, page, SITE)
    expect(redirected('https://cdn.example/x/a.bin')).toBe('https://cdn.example/x/a.bin')
    expect(redirected('/login.html')).toBeUndefined()
    expect(redirected('https://other.test/abcdef123456/a.bin')).toBeUndefined()
    expect(redirected('https://elsewhere.example/')).toBeUndefined()
  })
})
