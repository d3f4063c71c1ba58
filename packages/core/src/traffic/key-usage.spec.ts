import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { TestClock } from '@obb/testing/clock'
import { ApiKeys } from '../accounts/index.js'
import { type TestAccount, TestDatabase } from '../testing/index.js'
import { KeyUsage, TrafficHistory, TrafficLedger, checkLedger } from './index.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOON = Date.UTC(2027, 0, 10, 12)
const clock = new TestClock(NOON)

let db: TestDatabase
let usage: KeyUsage
let history: TrafficHistory
let keys: ApiKeys
let account: TestAccount

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  usage = new KeyUsage(db.source, clock)
  history = new TrafficHistory(db.source, clock)
  keys = new ApiKeys(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set(NOON)
  account = await db.anAccount({ traffic: 1e12 })
})

const aKey = async (name: string) => (await keys.add(account.accountId, { name })).key.id

async function charge(bytes: number, keyId: string | null = null, platform = 'Sample'): Promise<string> {
  const linkId = randomUUID()
  const { accountId } = account
  await TrafficLedger.charge(db.source.manager, clock, { accountId, linkId, platform, keyId, bytes })
  return linkId
}
const refund = (...links: string[]) => TrafficLedger.refund(db.source.manager, clock, links)

const used = async (days = 30) =>
  (await usage.byKey(account.accountId, days)).map(({ keyName, bytes, links }) => [keyName, bytes, links])

const faults = async () =>
  (await checkLedger(db.source, clock)).faults.filter((fault) => fault.accountId === account.accountId)

describe('what each key used', () => {
  it('is told with its name, the most first, and apart what was charged without a key', async () => {
    const [player, series] = [await aKey('JDownloader'), await aKey('Sonarr')]
    await charge(10, player)
    await charge(5, series, 'Other')
    await charge(40)
    clock.advance(1_000)
    await charge(20, series)
    const others = await db.anAccount()
    expect(await usage.byKey(account.accountId, 30)).toEqual([
      { keyId: null, keyName: null, bytes: 40, links: 1, chargedAt: new Date(NOON) },
      { keyId: series, keyName: 'Sonarr', bytes: 25, links: 2, chargedAt: new Date(NOON + 1_000) },
      { keyId: player, keyName: 'JDownloader', bytes: 10, links: 1, chargedAt: new Date(NOON) },
    ])
    expect(await usage.byKey(others.accountId, 30)).toEqual([])
  })

  it('keeps the name of a key that was rotated, renamed and removed', async () => {
    const id = await aKey('JDownloader')
    await charge(10, id)
    await keys.rotate({ id })
    await keys.set({ id }, { name: 'pyLoad' })
    expect(await used()).toEqual([['pyLoad', 10, 1]])
    await keys.remove({ id })
    expect(await used()).toEqual([['pyLoad', 10, 1]])
  })

  it('is of the days of UTC that are asked for', async () => {
    const id = await aKey('Sonarr')
    clock.set(NOON - 12 * HOUR_MS - 1) // the last moment of yesterday
    await charge(10, id)
    clock.set(NOON - 12 * HOUR_MS)
    await charge(3, id)
    clock.set(NOON)
    expect(await used(1)).toEqual([['Sonarr', 3, 1]])
    expect(await used(2)).toEqual([['Sonarr', 13, 2]])
  })

  it('is less by what came back, on the day of the charge, whenever that is', async () => {
    const [player, series] = [await aKey('JDownloader'), await aKey('Sonarr')]
    const one = await charge(10, player)
    const other = await charge(4, series)
    clock.advance(2 * DAY_MS)
    await refund(one, other)
    expect(await used(2)).toEqual([])
    expect(await used(3)).toEqual(
      expect.arrayContaining([
        ['JDownloader', 0, 1],
        ['Sonarr', 0, 1],
      ]),
    )
  })

  it('is more by what a file turned out to be larger', async () => {
    const id = await aKey('Sonarr')
    const file = await db.aFile({ state: 'downloading', size: 100 })
    await db.aLink({ account, file, keyId: id })
    await db.source.transaction((tx) => TrafficLedger.settle(tx, clock, file.id, 130))
    expect(await used()).toEqual([['Sonarr', 130, 1]])
    expect(await faults()).toEqual([])
  })

  it('comes to what the ledger says and the account used, whatever is charged and comes back', async () => {
    const event = fc.record({
      key: fc.constantFrom('first', 'second', 'none'),
      platform: fc.constantFrom('Sample', 'Other'),
      bytes: fc.integer({ min: 0, max: 40 }),
      gapMs: fc.integer({ min: 0, max: 10 * HOUR_MS }),
      returned: fc.boolean(),
      laterMs: fc.integer({ min: 0, max: 30 * HOUR_MS }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 10 }), async (events) => {
        clock.set(NOON)
        account = await db.anAccount({ traffic: 1e12 })
        const ids = { first: await aKey('first'), second: await aKey('second'), none: null }
        const expected = new Map<string | null, number>()
        for (const { key, platform, bytes, gapMs, returned, laterMs } of events) {
          clock.advance(gapMs)
          const link = await charge(bytes, ids[key], platform)
          clock.advance(laterMs)
          if (returned) await refund(link)
          expected.set(ids[key], (expected.get(ids[key]) ?? 0) + (returned ? 0 : bytes))
          expect(await faults()).toEqual([])
        }
        const byKey = await usage.byKey(account.accountId, 90)
        expect(new Map(byKey.map(({ keyId, bytes }) => [keyId, bytes]))).toEqual(expected)
        const byDay = await history.byDay(account.accountId, 90)
        const sum = byKey.reduce((all, { bytes }) => all + bytes, 0)
        expect(sum).toBe(byDay.reduce((all, { charged, refunded }) => all + charged - refunded, 0))
        const links = byKey.reduce((all, each) => all + each.links, 0)
        expect(links).toBe(byDay.reduce((all, each) => all + each.links, 0))
      }),
      { numRuns: 30 },
    )
  })

  it('is held against the ledger, and a difference is told with its key and day', async () => {
    const id = await aKey('Sonarr')
    await charge(10, id)
    await charge(6)
    expect(await faults()).toEqual([])
    await db.source.query('UPDATE key_usage SET bytes = bytes - 3 WHERE account_id = $1', [account.accountId])
    const fault = { of: 'key', platform: null, hour: new Date(NOON - 12 * HOUR_MS) }
    expect(await faults()).toMatchObject([
      { ...fault, keyId: null, kept: 3, ledger: 6 },
      { ...fault, keyId: id, kept: 7, ledger: 10 },
    ])
  })

  it('outlasts the sum of months, and is forgotten once no question reaches back to it', async () => {
    const id = await aKey('Sonarr')
    const link = await charge(10, id)
    clock.advance(89 * DAY_MS)
    await db.source.transaction((tx) => TrafficLedger.sumUp(tx, [link]))
    expect(await used(90)).toEqual([['Sonarr', 10, 1]])
    expect(await usage.forgetPast(10)).toBe(0)
    clock.advance(5 * DAY_MS)
    await charge(1, id)
    await db.source.query('DELETE FROM key_usage WHERE account_id <> $1', [account.accountId])
    expect(await usage.forgetPast(10)).toBe(1)
    expect(await used(90)).toEqual([['Sonarr', 1, 1]])
  })
})

describe("an account's entries by key", () => {
  it('tell which key they are of, and are found by it', async () => {
    const id = await aKey('Sonarr')
    const one = await charge(10, id)
    await charge(5)
    await refund(one)
    const found = async (key?: string) =>
      (await history.entries(account.accountId, 10, undefined, { key })).entries.map(
        ({ kind, bytes, keyId, keyName }) => [kind, bytes, keyId, keyName],
      )
    const ofKey = [
      ['refund', 10, id, 'Sonarr'],
      ['charge', -10, id, 'Sonarr'],
    ]
    expect(await found(id)).toEqual(ofKey)
    expect(await found('none')).toEqual([['charge', -5, null, null]])
    expect(await found(randomUUID())).toEqual([])
    expect((await found()).map(([kind]) => kind)).toEqual(['refund', 'charge', 'charge', 'grant'])
    expect((await TrafficLedger.entries(db.source, account.accountId)).map((each) => each.keyName)).toEqual([
      ...[null, 'Sonarr', null, 'Sonarr'],
    ])
  })
})
