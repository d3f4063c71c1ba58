import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  batchSchema,
  currentAnnouncementSchema,
  linkSchema,
  statusPageViewSchema,
  statusSchema,
} from '@obb/contracts'
import { transitions } from '@obb/core/files'
import { Maintenance } from '@obb/core/status-page'
import { urlOf } from '@obb/core/testing'
import { Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { requestQueries } from '../testing/request-queries.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const MINUTE_MS = 60_000
const NOTE = { en: 'Disks are replaced', 'zh-TW': '更換磁碟' }

let gateway: Gateway
let key: string
let files = 0
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  await gateway.poolAccount()
  key = (await gateway.user()).apiKey
})
beforeEach(async () => {
  await gateway.fetcherAlive()
  await change({ maintenance: null })
})
afterAll(() => gateway.close())

const change = async (update: unknown) =>
  successOf(await gateway.admin('PATCH', '/status-page', update), statusPageViewSchema).maintenance
const unrestrict = (url: string, of = gateway) => of.call(key, 'POST', '/unrestrict', { url })
const newFile = () => gateway.knownFile(++files)
const inMinutes = (minutes: number) => new Date(gateway.clock.now() + minutes * MINUTE_MS).toISOString()

describe('a maintenance', () => {
  it('refuses new links with 105 and when to ask again, also of stored files and in batches, and charges nothing', async () => {
    const [{ url }, stored] = [await newFile(), await newFile()]
    successOf(await unrestrict(stored.url), linkSchema)
    await gateway.fetched(stored.file.id)
    const other = (await gateway.user()).apiKey
    await change({ maintenance: {} })
    const refused = expectRefusal(await unrestrict(url), 'maintenance')
    expect([refused.status, refused.retry_in_seconds]).toEqual([105, 120])
    expectRefusal(await gateway.call(other, 'POST', '/unrestrict', { url: stored.url }), 'maintenance')
    const rows = await gateway.call(key, 'POST', '/unrestrict/batch', { urls: [url, stored.url] })
    expect(successOf(rows, batchSchema).results).toMatchObject([
      { success: false, status: 105 },
      { success: true },
    ])
    const { body } = await gateway.call(other, 'GET', '/account')
    expect(body.data.trafficleft).toBe(body.data.trafficmax)
    const explained = await gateway.call(key, 'GET', `/explain?url=${encodeURIComponent(url)}`)
    expect(explained.body.data).toMatchObject({ allowed: false, status: 105 })
    await change({ maintenance: null })
    successOf(await unrestrict(url), linkSchema)
  })

  it('leaves what was taken before: links are polled, given again, fetched and served', async () => {
    const { url, file } = await newFile()
    const { linkId } = successOf(await unrestrict(url), linkSchema)
    await change({ maintenance: {} })
    expect(successOf(await unrestrict(url), linkSchema)).toMatchObject({ linkId, reusedExisting: true })
    await gateway.fetched(file.id)
    const polled = successOf(await gateway.call(key, 'GET', `/link/${linkId}`), linkSchema)
    expect(polled).toMatchObject({ download_ready: true, link: expect.any(String) })
    await gateway.database.transaction((tx) =>
      transitions.evict(tx, [file.id], new Date(gateway.clock.now())),
    )
    expect(successOf(await unrestrict(url), linkSchema)).toMatchObject({ linkId, download_ready: false })
  })

  it('tells clients to come back when it is expected to end, and ends by itself only where it shall', async () => {
    const { url } = await newFile()
    await change({ maintenance: { until: inMinutes(10), endsByItself: false } })
    expect(expectRefusal(await unrestrict(url), 'maintenance').retry_in_seconds).toBe(600)
    gateway.clock.advance(11 * MINUTE_MS)
    await gateway.fetcherAlive()
    expect(expectRefusal(await unrestrict(url), 'maintenance').retry_in_seconds).toBe(120)
    await change({ maintenance: { until: inMinutes(60), endsByItself: true } })
    expect(expectRefusal(await unrestrict(url), 'maintenance').retry_in_seconds).toBe(900)
    gateway.clock.advance(60 * MINUTE_MS)
    await gateway.fetcherAlive()
    // One that its host need not be asked about again.
    successOf(await unrestrict((await newFile()).url), linkSchema)
    expect((await gateway.admin('GET', '/status-page')).body.data.maintenance).toBeNull()
    const since = inMinutes(0)
    expect(await change({ maintenance: {} })).toMatchObject({ since, until: null })
  })

  it('is told to everybody with its note, while it lasts', async () => {
    const until = inMinutes(30)
    const told = { since: inMinutes(0), until, note: NOTE }
    expect(await change({ maintenance: { until, note: NOTE } })).toEqual({ ...told, endsByItself: false })
    const { page } = await new People(gateway).signedIn()
    const current = successOf(await page.call('GET', 'announcement'), currentAnnouncementSchema)
    expect(current).toEqual({ announcement: null, maintenance: told })
    await gateway.admin('PATCH', '/status-page', { published: true })
    const status = await new People(gateway).browser().call('GET', 'status')
    expect(successOf(status, statusSchema).maintenance).toEqual(told)
    expect(await gateway.lastChange()).toMatchObject({ action: 'PATCH /status-page' })
    expectRefusal(await page.call('PATCH', 'admin/status-page', { maintenance: null }), 'operator_needed')
  })

  it('stands in the audit log', async () => {
    await change({ maintenance: { note: NOTE } })
    expect(await gateway.lastChange()).toMatchObject({
      action: 'PATCH /status-page',
      changes: { maintenance: [false, true], maintenanceNote: [null, NOTE] },
    })
  })

  it.each([
    ['that is over already', { until: '2020-01-01T00:00:00Z' }],
    ['that ends by itself at no time', { endsByItself: true }],
    ['with an empty note', { note: {} }],
  ])('%s is refused', async (_, maintenance) => {
    expectRefusal(await gateway.admin('PATCH', '/status-page', { maintenance }), 'request_invalid')
  })

  it('holds at a gateway that starts, reaches one that runs, and costs requests no statement', async () => {
    await change({ maintenance: {} })
    const { url } = gateway.database.options as { url: string }
    const other = await Gateway.start({ DATABASE_URL: urlOf('api', url) })
    other.clock.advance(gateway.clock.now() - other.clock.now())
    const file = await newFile()
    expectRefusal(await unrestrict(file.url, other), 'maintenance')
    await change({ maintenance: null })
    const seen = other.app.get(Maintenance)
    while (seen.now !== null) await sleep(20)
    successOf(await unrestrict(file.url, other), linkSchema)
    const asked = await requestQueries(() => unrestrict(file.url))
    expect(asked.filter(({ text }) => text.includes('status_page'))).toEqual([])
    await other.close()
  })
})
