import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { type CheckedUrl, MAX_URL_LENGTH, checkSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { Files, SourceFile } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { Link } from '@obb/core/links'
import { LOG, type Log } from '@obb/core/log'
import { FetchQueue, type HostCall, QueueError } from '@obb/core/queue'
import { TrafficLedger } from '@obb/core/traffic'
import { Gateway, rapidGatorUrl } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { InspectFile } from './inspect-file.js'
import { LinkCheck } from './link-check.js'
import { RowPlaces } from './row-places.js'

describe('POST /check', () => {
  let gateway: Gateway
  let user: { id: string; email: string; apiKey: string }
  let n = 0
  /** answer does what a fetcher would do with a call. */
  let answer: (fileId: string) => Promise<void>
  const calls: string[] = []

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount()
    jest.spyOn(gateway.app.get(FetchQueue), 'call').mockImplementation(async (call: HostCall) => {
      if (call.call !== 'inspect') throw new Error('a check asks for inspections only')
      calls.push(call.fileId)
      await answer(call.fileId)
    })
  })
  beforeEach(async () => {
    calls.length = 0
    answer = available
    await gateway.fetcherAlive()
    user = await gateway.user({ traffic: 5000 })
  })
  afterEach(() => gateway.database.query('DELETE FROM host_health'))
  afterAll(() => gateway.close())

  async function available(id: string): Promise<void> {
    await gateway.app.get(Files).record(id, { fileId: id, state: 'available', name: 'told.bin', size: 700 })
  }
  async function refused(id: string): Promise<void> {
    await gateway.app.get(Files).refuse(id, { cause: 'file_gone', until: gateway.clock.now() + 60_000 })
  }
  const check = async (urls: string[]): Promise<CheckedUrl[]> =>
    successOf(await gateway.call(user.apiKey, 'POST', '/check', { urls }), checkSchema).results

  it('200: known, unknown, gone and unsupported at once, nothing charged and no link made', async () => {
    const known = await gateway.knownFile(++n)
    const gone = await gateway.knownFile(++n)
    await refused(gone.file.id)
    const unknown = rapidGatorUrl(++n)
    expect(await check([known.url, unknown, gone.url, 'https://nobody.example/1'])).toEqual([
      {
        url: known.url,
        availability: 'online',
        platform: 'RapidGator',
        filename: known.file.name,
        filesize: '1000',
        cost: 1000,
        reusable: false,
      },
      expect.objectContaining({ availability: 'online', filename: 'told.bin', filesize: '700', cost: 700 }),
      expect.objectContaining({ availability: 'offline', status: 104 }),
      expect.objectContaining({ availability: 'offline', status: 101, platform: null, cost: null }),
    ])
    expect(calls).toHaveLength(1)
    expect(await gateway.database.manager.countBy(Link, { accountId: user.id })).toBe(0)
    expect(await TrafficLedger.entries(gateway.database, user.id)).toHaveLength(1)
  })

  it('200: a file with a live link costs nothing', async () => {
    const { url } = await gateway.knownFile(++n)
    expect((await gateway.call(user.apiKey, 'POST', '/unrestrict', { url })).code).toBe(200)
    expect(await check([url])).toMatchObject([{ availability: 'online', cost: 0, reusable: true }])
  })

  it("200: a file that is there but over the caller's own limits is online, with what it would be refused with", async () => {
    const { url } = await gateway.knownFile(++n, 5001)
    const [result] = await check([url])
    expect(result).toMatchObject({ availability: 'online', cost: 5001, status: 52 })
  })

  it('200: the same URL twice is one result, and the refusal of a host is remembered', async () => {
    answer = refused
    const url = rapidGatorUrl(++n)
    for (let time = 0; time < 3; time++) {
      expect(await check([url, url, url])).toMatchObject([{ availability: 'offline', status: 104 }])
    }
    expect(calls).toHaveLength(1)
  })

  it('200: while its circuit is open the host is not asked', async () => {
    await gateway.database.query(
      `INSERT INTO host_health (platform, failures, open_until) VALUES ('RapidGator', 3, $1)`,
      [new Date(gateway.clock.now() + 45_000)],
    )
    const [result] = await check([rapidGatorUrl(++n)])
    expect(result).toMatchObject({ availability: 'unknown', status: 105, retry_in_seconds: 45 })
    expect(calls).toEqual([])
  })

  it('200: links that no gate lets pass leave no row, neither here nor when a link is asked for', async () => {
    const rows = () => gateway.database.manager.count(SourceFile)
    const before = await rows()
    const urls = Array.from({ length: 100 }, (_, i) => `https://nitroflare.com/view/${1e9 + i}ABC/made.up`)
    const results = await check(urls)
    expect(results.map(({ status }) => status)).toEqual(Array(100).fill(107))
    expectRefusal(await gateway.call(user.apiKey, 'POST', '/unrestrict', { url: urls[0] }), 'pool_empty')
    expect(await rows()).toBe(before)
    const [told] = await check([rapidGatorUrl(++n)])
    expect([told?.availability, await rows()]).toEqual(['online', before + 1])
  })

  it('200: of a host that cannot be asked what it told before is told as such, as a link would be made of it', async () => {
    const known = await gateway.knownFile(++n)
    const large = await gateway.knownFile(++n, 5001)
    gateway.clock.advance(10 * 60_000)
    await gateway.fetcherAlive()
    answer = () => Promise.reject(new QueueError('TIMEOUT', 'no answer'))
    const told = { availability: 'unknown', stale: true, reusable: false }
    const [small, tooLarge] = await check([known.url, large.url])
    expect(small).toEqual({
      ...{ ...told, url: known.url, platform: 'RapidGator' },
      ...{ filename: known.file.name, filesize: '1000', cost: 1000 },
    })
    expect(tooLarge).toMatchObject({ ...told, cost: 5001, status: 52 })
    const link = await gateway.call(user.apiKey, 'POST', '/unrestrict', { url: known.url })
    expect([link.code, link.body.data.remote_status]).toEqual([200, 'pending'])
  })

  it('200: a host that cannot be asked leaves nothing told of what others asked for long ago', async () => {
    const { url } = await gateway.knownFile(++n)
    gateway.clock.advance(24 * 3_600_000)
    await gateway.fetcherAlive()
    answer = () => Promise.reject(new QueueError('TIMEOUT', 'no answer'))
    expect(await check([url])).toMatchObject([{ status: 105, filename: null, filesize: null, cost: null }])
  })

  it('200: an unanswered inspection is 105 for its URL and for no other', async () => {
    const slow = rapidGatorUrl(++n)
    const quick = await gateway.knownFile(++n)
    answer = () => Promise.reject(new QueueError('TIMEOUT', 'no answer'))
    expect(await check([slow, quick.url])).toMatchObject([
      { availability: 'unknown', status: 105, retry_in_seconds: 15 },
      { availability: 'online' },
    ])
  })

  it('asks about a hundred files, one account about sixty-four at a time, and what is not told in time is 105', async () => {
    let [now, most] = [0, 0]
    answer = async (id) => {
      most = Math.max(most, ++now)
      await available(id)
      now--
    }
    const urls = Array.from({ length: 100 }, () => rapidGatorUrl(++n))
    const results = await check(urls)
    expect(results.map(({ url }) => url)).toEqual(urls)
    expect(results.every(({ availability }) => availability === 'online')).toBe(true)
    expect([most <= 64, most > 1]).toEqual([true, true])

    const { app } = gateway
    let end = (): void => undefined
    const silence = new Promise<void>((resolve) => (end = resolve))
    answer = () => silence
    const impatient = new LinkCheck(
      app.get(HostCatalog),
      app.get(Files),
      app.get(Admission),
      app.get(InspectFile),
      app.get(RowPlaces),
      app.get<Log>(LOG),
      300,
    )
    const caller = await app.get(Accounts).byKey(user.apiKey)
    if (!caller) throw new Error('the caller of the test is not there')
    const late = await impatient.of(
      caller,
      Array.from({ length: 20 }, () => rapidGatorUrl(++n)),
    )
    expect(late.results).toHaveLength(20)
    for (const each of late.results) {
      expect(each).toMatchObject({ availability: 'unknown', status: 105, retry_in_seconds: 15 })
    }
    end()
  })

  it('the check of one account does not wait for that of another, whose host is silent', async () => {
    const flooding = await gateway.user()
    const urls = Array.from({ length: 100 }, () => rapidGatorUrl(++n))
    let asked = 0
    let end = (): void => undefined
    const silence = new Promise<void>((resolve) => (end = resolve))
    answer = () => {
      asked++
      return silence
    }
    const flood = gateway.call(flooding.apiKey, 'POST', '/check', { urls })
    while (asked < 64) await new Promise((resolve) => setImmediate(resolve))
    answer = available
    const mine = await check(Array.from({ length: 16 }, () => rapidGatorUrl(++n)))
    expect(mine.map(({ availability }) => availability)).toEqual(mine.map(() => 'online'))
    expect(asked).toBe(64)
    end()
    await flood
  })

  it('200 for a hundred URLs of the greatest length; one that is longer is 101', async () => {
    const long = (i: number, length: number) => `https://nobody.example/${i}`.padEnd(length, 'x')
    const urls = Array.from({ length: 100 }, (_, i) => long(i, MAX_URL_LENGTH))
    expect(await check(urls)).toHaveLength(100)
    expect(await check([long(0, MAX_URL_LENGTH + 1)])).toMatchObject([{ status: 101 }])
  })

  it('a row that is no link is answered as that, and the others are checked', async () => {
    const good = rapidGatorUrl(++n)
    const rows = await check(['', 5, null, good] as string[])
    expect(rows.map(({ status, url }) => [url, status])).toEqual([
      ['', 101],
      ['5', 101],
      ['null', 101],
      [good, undefined],
    ])
  })

  it.each([
    ['none', []],
    ['101', Array.from({ length: 101 }, (_, i) => rapidGatorUrl(i))],
    ['no list', undefined],
  ])('400 with 900 for %s', async (_, urls) => {
    expectRefusal(await gateway.call(user.apiKey, 'POST', '/check', { urls }), 'request_invalid')
  })

  it('401 with 1, 403 with 2', async () => {
    expectRefusal(await gateway.call('', 'POST', '/check', { urls: ['x'] }), 'key_invalid')
    await gateway.app.get(Accounts).setState(user.email, 'suspended')
    expectRefusal(await gateway.call(user.apiKey, 'POST', '/check', { urls: ['x'] }), 'account_suspended')
  })
})
