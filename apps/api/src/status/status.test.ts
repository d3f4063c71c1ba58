import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { currentAnnouncementSchema, statusPageViewSchema, statusSchema } from '@obb/contracts'
import { HostBreaker, HostHistory } from '@obb/core/health'
import { Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { requestQueries } from '../testing/request-queries.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const TEXTS = { en: '<b>Maintenance</b> at 20:00', 'zh-TW': '20:00 維護' }

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
  await gateway.poolAccount()
  await gateway.poolAccount(null, 'NitroFlare')
})
afterAll(() => gateway.close())
/** As if everything kept were old. */
beforeEach(() => gateway.clock.advance(60_000))

const change = async (update: unknown) =>
  successOf(await gateway.admin('PATCH', '/status-page', update), statusPageViewSchema)
const look = async () => successOf(await people.browser().call('GET', 'status'), statusSchema)

describe('the status page', () => {
  it('is not there until it is published, for whoever asks', async () => {
    const { page } = await people.signedIn('operator')
    await change({ announcement: TEXTS })
    expectRefusal(await people.browser().call('GET', 'status'), 'resource_unknown')
    expectRefusal(await page.call('GET', 'status'), 'resource_unknown')
    await change({ published: true, announcement: null })
    expect((await look()).announcement).toBeNull()
    await change({ published: false })
    expectRefusal(await people.browser().call('GET', 'status'), 'resource_unknown')
  })

  it('tells of each host whether it works, how it did in a day and in ninety, and when it was looked at', async () => {
    await change({ published: true })
    const history = new HostHistory(gateway.database, gateway.clock)
    const breaker = new HostBreaker(gateway.database, gateway.clock)
    for (let time = 0; time < 9; time++) await history.record('RapidGator', 'done', 2 ** 20)
    await history.record('RapidGator', 'upstream_error')
    await breaker.recordFetch('RapidGator', { succeeded: true })
    const checkedAt = new Date(gateway.clock.now()).toISOString()
    for (let time = 0; time < 9; time++) await history.record('NitroFlare', 'done')
    for (let time = 0; time < 3; time++) await history.record('NitroFlare', 'upstream_error')
    gateway.clock.advance(60_000)
    const { hosts } = await look()
    const of = (platform: string) => hosts.find((host) => host.platform === platform)
    const good = { success: 0.9, speed: 2 ** 20 }
    expect(of('RapidGator')).toEqual({
      ...{ platform: 'RapidGator', state: 'working', checkedAt, day: good, quarter: good },
      days: [{ from: '2026-11-23T00:00:00.000Z', ...good }],
    })
    expect(of('NitroFlare')).toMatchObject({ state: 'degraded', day: { success: 0.75, speed: null } })
    // No account of the operator's is there.
    expect(of('Keep2share')).toMatchObject({ state: 'down', checkedAt: null, days: [] })
    gateway.clock.advance(24 * 3_600_000)
    expect((await look()).hosts.find(({ platform }) => platform === 'NitroFlare')).toMatchObject({
      ...{ state: 'working', day: { success: null } },
      quarter: { success: 0.75 },
    })
  })

  it('names nobody, no account and no number of files', async () => {
    await gateway.user()
    const text = JSON.stringify(await look())
    expect(text).not.toMatch(/@|op@example|[0-9a-f]{8}-[0-9a-f]{4}/)
    const [host] = (await look()).hosts
    expect(Object.keys(host ?? {})).toEqual(['platform', 'state', 'checkedAt', 'day', 'quarter', 'days'])
  })

  it('asks the database no more often, however many look', async () => {
    const fresh = await requestQueries(look)
    expect(fresh.length).toBeGreaterThan(0)
    const more = await requestQueries(() => Promise.all(Array.from({ length: 50 }, look)))
    expect(more).toEqual([])
    gateway.clock.advance(10_000)
    expect((await requestQueries(() => Promise.all(Array.from({ length: 50 }, look)))).length).toBe(1)
  })

  it('may be kept by caches for some seconds, and is looked at sixty times a minute from one network', async () => {
    const browser = people.browser()
    const { headers } = await browser.call('GET', 'status')
    expect(headers.get('cache-control')).toBe('public, max-age=10')
    for (let time = 1; time < 60; time++) expect((await browser.call('GET', 'status')).code).toBe(200)
    expectRefusal(await browser.call('GET', 'status'), 'rate_limited')
    expect((await people.browser().call('GET', 'status')).code).toBe(200)
  })
})

describe('an announcement', () => {
  it('is told as it was written, at once, on the page and to everybody who is signed in', async () => {
    await change({ published: true })
    await look()
    const announcement = { texts: TEXTS, since: new Date(gateway.clock.now()).toISOString() }
    expect(await change({ announcement: TEXTS })).toEqual({
      published: true,
      announcement,
      maintenance: null,
    })
    expect((await look()).announcement).toEqual(announcement)
    await change({ published: false })
    const { page } = await people.signedIn()
    const told = successOf(await page.call('GET', 'announcement'), currentAnnouncementSchema)
    expect(told).toEqual({ announcement, maintenance: null })
    expectRefusal(await people.browser().call('GET', 'announcement'), 'signed_out')
  })

  it.each([
    ['without a text', {}],
    ['that is empty', { en: '  ' }],
    ['of a thousand and one characters', { en: 'x'.repeat(1_001) }],
    ['in a language that there is not', { de: 'Wartung' }],
  ])('%s is refused', async (_, announcement) => {
    expectRefusal(await gateway.admin('PATCH', '/status-page', { announcement }), 'request_invalid')
  })

  it('stands in the audit log', async () => {
    await change({ published: true, announcement: null })
    await change({ published: false, announcement: { en: 'Back at noon' } })
    expect(await gateway.lastChange()).toMatchObject({
      action: 'PATCH /status-page',
      target: 'status page',
      changes: { published: [true, false], announcement: [null, { en: 'Back at noon' }] },
    })
  })

  it('is made by operators alone', async () => {
    const { page } = await people.signedIn()
    expectRefusal(await page.call('PATCH', 'admin/status-page', { published: true }), 'operator_needed')
  })
})
