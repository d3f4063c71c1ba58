import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { Accounts } from '../accounts/index.js'
import { type TestAccount, TestDatabase } from '../testing/index.js'
import {
  type HistoryEntry,
  type HistoryFilter,
  type HistoryKey,
  TrafficHistory,
  TrafficLedger,
} from './index.js'

const HOUR = 3_600_000
const NOON = Date.UTC(2027, 0, 10, 12)
const clock = new TestClock(NOON)

let db: TestDatabase
let history: TrafficHistory
let account: TestAccount

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  history = new TrafficHistory(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set(NOON)
  account = await db.anAccount({ traffic: 10_000 })
})

/** The id of a link of the account that was charged so many bytes. */
async function charge(size: number, platform = 'Sample', name = 'a.bin'): Promise<string> {
  const file = await db.aFile({ state: 'done', size, platform, name })
  return (await db.aLink({ account, file })).id
}

const refund = (linkId: string) => db.source.transaction((tx) => TrafficLedger.refund(tx, clock, [linkId]))

describe("an account's traffic by day", () => {
  it('is told per platform and day of UTC, what came back on the day it came back', async () => {
    clock.set(NOON - 13 * HOUR) // an hour before midnight
    const first = await charge(100)
    await charge(20, 'Other')
    clock.advance(2 * HOUR)
    await charge(3)
    await refund(first)
    expect(await history.byDay(account.accountId, 30)).toEqual([
      { day: '2027-01-09', platform: 'Other', charged: 20, refunded: 0, links: 1 },
      { day: '2027-01-09', platform: 'Sample', charged: 100, refunded: 0, links: 1 },
      { day: '2027-01-10', platform: 'Sample', charged: 3, refunded: 100, links: 1 },
    ])
    expect((await history.byDay(account.accountId, 1)).map(({ day }) => day)).toEqual(['2027-01-10'])
  })

  it('begins at the midnights of the time zone that is asked for', async () => {
    clock.set(NOON - 13 * HOUR) // 07:00 of the day after in Taipei, 18:00 in New York
    await charge(1)
    clock.set(NOON + 5 * HOUR)
    await charge(2)
    const told = async (timeZone: string) =>
      (await history.byDay(account.accountId, 30, timeZone)).map(({ day, charged }) => [day, charged])
    expect(await told('Asia/Taipei')).toEqual([
      ['2027-01-10', 1],
      ['2027-01-11', 2],
    ])
    expect(await told('America/New_York')).toEqual([
      ['2027-01-09', 1],
      ['2027-01-10', 2],
    ])
    expect(await history.byDay(account.accountId, 1, 'Asia/Taipei')).toMatchObject([{ day: '2027-01-11' }])
  })

  it('has no grants, no corrections, no sums of months, and nothing of others', async () => {
    const link = await charge(100)
    const { email } = await db.anAccount()
    await new Accounts(db.source, clock).adjust(email, -5, 'not his')
    await db.source.transaction((tx) => TrafficLedger.sumUp(tx, [link]))
    expect(await history.byDay(account.accountId, 90)).toEqual([])
  })
})

describe("an account's ledger", () => {
  async function walk(limit: number, filter?: HistoryFilter): Promise<HistoryEntry[]> {
    const all: HistoryEntry[] = []
    let after: HistoryKey | undefined
    do {
      const page = await history.entries(account.accountId, limit, after, filter)
      all.push(...page.entries)
      after = page.next
    } while (after !== undefined)
    return all
  }

  it('is told from the newest, with what was left after each entry and the names of files', async () => {
    const link = await charge(100, 'Sample', 'film.mkv')
    await refund(link)
    await new Accounts(db.source, clock).adjust(account.email, -7, 'counted twice')
    const rows = await walk(500)
    expect(rows.map(({ kind, bytes, balance }) => [kind, bytes, balance])).toEqual([
      ['adjustment', -7, 9_993],
      ['refund', 100, 10_000],
      ['charge', -100, 9_900],
      ['grant', 10_000, 10_000],
    ])
    expect(rows.map(({ fileName, linkId, note }) => [fileName, linkId, note])).toEqual([
      [null, null, 'counted twice'],
      ['film.mkv', link, null],
      ['film.mkv', link, null],
      [null, null, 'first grant'],
    ])
  })

  it('is the same in pages of any size, also when entries are added meanwhile', async () => {
    for (let size = 1; size <= 6; size++) await charge(size)
    const whole = await walk(500)
    for (const limit of [1, 2, 3, 7]) expect(await walk(limit)).toEqual(whole)
    const page = await history.entries(account.accountId, 3)
    await charge(1_000)
    const rest = await history.entries(account.accountId, 500, page.next)
    expect([...page.entries, ...rest.entries]).toEqual(whole)
  })

  it('tells with each entry of a link when that was charged, and what it cost with what came back', async () => {
    const kept = await charge(100)
    clock.advance(HOUR)
    const returned = await charge(30)
    clock.advance(HOUR)
    await refund(returned)
    const rows = (await walk(500)).filter(({ linkId }) => linkId !== null)
    expect(rows.map(({ linkId, chargedAt, linkCost }) => [linkId, chargedAt, linkCost])).toEqual([
      [returned, new Date(NOON + HOUR), 0],
      [returned, new Date(NOON + HOUR), 0],
      [kept, new Date(NOON), 100],
    ])
  })

  it('has with a filter what is let through alone, each with the balance that it left', async () => {
    await charge(100)
    const other = await charge(30, 'Other')
    clock.advance(48 * HOUR)
    await refund(other)
    await charge(5)
    const whole = await walk(500)
    const since = new Date(NOON + HOUR)
    const filters: [HistoryFilter, (entry: HistoryEntry) => boolean][] = [
      [{ kind: 'charge' }, ({ kind }) => kind === 'charge'],
      [{ platform: 'oTHER' }, ({ platform }) => platform === 'Other'],
      [{ since }, ({ createdAt }) => createdAt >= since],
      [{ kind: 'grant', since }, () => false],
    ]
    for (const [filter, isLetThrough] of filters)
      for (const limit of [1, 2, 500]) expect(await walk(limit, filter)).toEqual(whole.filter(isLetThrough))
  })

  it('looks for few among many over several pages, and not beyond the time that is asked for', async () => {
    const at = (days: number) => new Date(NOON - days * 24 * HOUR)
    await refund(await charge(7))
    await db.source.query(
      `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
       SELECT $1, 'charge', -1, 'Sample', 'many' || n, CASE WHEN n <= 1500 THEN $2::timestamptz ELSE $3 END
         FROM generate_series(1, 3000) n`,
      [account.accountId, at(20), at(2)],
    )
    const refunds = await walk(10, { kind: 'refund' })
    expect(refunds.map(({ bytes, balance }) => [bytes, balance])).toEqual([[7, 13_000]])
    let pages = 0
    let after: HistoryKey | undefined
    do {
      const filter = { kind: 'refund', since: at(10) } as const
      const page = await history.entries(account.accountId, 10, after, filter)
      expect(page.entries).toEqual([])
      pages++
      after = page.next
    } while (after !== undefined)
    expect(pages).toBe(2) // of a thousand each; the others are older
  })
})
