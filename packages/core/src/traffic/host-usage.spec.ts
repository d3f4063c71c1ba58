import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase, pagesRead } from '../testing/index.js'
import { HostUsage, usedSql } from './host-usage.js'
import { checkLedger } from './ledger-check.js'
import { TrafficLedger } from './traffic-ledger.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let accountId: string
let usage: HostUsage

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  usage = new HostUsage(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  accountId = await newAccount()
})

const newAccount = async () => (await db.anAccount({ traffic: 1e12 })).accountId

async function charge(bytes: number, platform = 'Sample'): Promise<string> {
  const linkId = randomUUID()
  await TrafficLedger.charge(database.manager, clock, { accountId, linkId, platform, bytes })
  return linkId
}

const used = async () => {
  const windows = await usage.windows(accountId)
  return Object.fromEntries([...windows].map(([platform, window]) => [platform, window.used]))
}
const wait = async (bytes: number, cap: number) => {
  const of = { accountId, platform: 'Sample' }
  return usage.secondsUntilFits(of, await usage.window(of), { bytes, cap })
}

/** What a link that is settled gets. */
const correct = (linkId: string, bytes: number) =>
  database.query(
    `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
     VALUES ($1, 'adjustment', $2, 'Sample', $3, $4)`,
    [accountId, -bytes, linkId, new Date(clock.now())],
  )

/** Charges of one byte each, all now. */
const manyCharges = (count: number) =>
  database.query(
    `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
     SELECT $1, 'charge', -1, 'Sample', gen_random_uuid()::text, $3 FROM generate_series(1, $2)`,
    [accountId, count, new Date(clock.now())],
  )

const usagePages = () =>
  pagesRead(database, `SELECT ${usedSql('$1::uuid', "'Sample'", '$2::timestamptz')}`, [
    ...[accountId, new Date(clock.now() - DAY_MS)],
  ])

/** The balance apart, which entries that are made here do not change. */
async function usageFaults() {
  const { faults } = await checkLedger(database, clock)
  return faults.filter((fault) => fault.accountId === accountId && fault.of === 'usage')
}

describe('the use of a host in 24 hours', () => {
  it('counts charges of this account, by platform', async () => {
    await charge(10)
    await charge(20)
    await charge(5, 'Other')
    const before = await used()
    accountId = await newAccount()
    await charge(1)
    expect(before).toEqual({ Sample: 30, Other: 5 })
    expect(await used()).toEqual({ Sample: 1 })
  })

  it('counts a charge until the very millisecond 24 hours later', async () => {
    await charge(10)
    clock.set(START + DAY_MS - 1)
    expect(await used()).toEqual({ Sample: 10 })
    expect(await wait(1, 10)).toBe(1)
    clock.set(START + DAY_MS)
    expect(await used()).toEqual({})
    expect(await wait(1, 10)).toBe(0)
  })

  it('does not count what was given back, whenever it was charged', async () => {
    const link = await charge(10)
    await charge(3)
    clock.advance(1_000)
    await TrafficLedger.refund(database.manager, clock, [link])
    expect(await used()).toEqual({ Sample: 3 })
    expect(await wait(7, 10)).toBe(0)
    clock.set(START + DAY_MS + 500) // the charge has left the window, its refund has not
    await charge(10)
    expect(await used()).toEqual({ Sample: 10 })
    expect(await wait(1, 10)).toBe(DAY_MS / 1000)
  })

  it('says when a file fits: not before enough of it has passed', async () => {
    await charge(4)
    clock.advance(10_000)
    await charge(4)
    clock.advance(10_000)
    expect(await wait(2, 10)).toBe(0)
    expect(await wait(3, 10)).toBe(DAY_MS / 1000 - 20)
    expect(await wait(7, 10)).toBe(DAY_MS / 1000 - 10)
  })

  it('asks for a whole day where a file is beyond the cap itself', async () => {
    expect(await wait(11, 10)).toBe(DAY_MS / 1000)
  })

  it('says when the oldest charge that counts leaves the window', async () => {
    const first = await charge(4)
    clock.advance(10_000)
    await charge(4)
    const resetsAt = async () => (await usage.windows(accountId)).get('Sample')?.resetsAt
    expect(await resetsAt()).toBe(START + DAY_MS)
    await TrafficLedger.refund(database.manager, clock, [first])
    expect(await resetsAt()).toBe(START + 10_000 + DAY_MS)
    clock.set(START + 10_000 + DAY_MS)
    expect(await resetsAt()).toBeUndefined()
  })

  it('is what the ledger says, whatever was charged, given back and corrected, and whenever it is asked', async () => {
    const event = fc.record({
      gapMs: fc.oneof(
        fc.integer({ min: 0, max: 8 * HOUR_MS }),
        fc.integer({ min: 0, max: 8 }).map((hours) => hours * HOUR_MS), // from hour to hour, to the millisecond
      ),
      bytes: fc.integer({ min: 0, max: 40 }),
      later: fc.constantFrom('kept', 'returned', 'corrected'),
      laterMs: fc.integer({ min: 0, max: 30 * HOUR_MS }),
    })
    const asked = fc.record({
      gapMs: fc.integer({ min: 0, max: 30 * HOUR_MS }),
      bytes: fc.integer({ min: 1, max: 100 }),
      cap: fc.integer({ min: 1, max: 100 }),
    })
    const fits = (charges: { at: number; bytes: number }[], at: number, bytes: number, cap: number) =>
      charges.filter((each) => each.at > at - DAY_MS).reduce((sum, each) => sum + each.bytes, 0) + bytes <=
      cap

    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), asked, async (events, { gapMs, bytes, cap }) => {
        clock.set()
        accountId = await newAccount()
        const kept: { at: number; bytes: number }[] = []
        for (const { gapMs, bytes: charged, later, laterMs } of events) {
          clock.advance(gapMs)
          const at = clock.now()
          const link = await charge(charged)
          clock.advance(laterMs)
          if (later === 'returned') await TrafficLedger.refund(database.manager, clock, [link])
          if (later === 'corrected') await correct(link, 7)
          if (later !== 'returned') kept.push({ at, bytes: charged + (later === 'corrected' ? 7 : 0) })
        }
        clock.advance(gapMs)
        const now = clock.now()
        const counted = kept.filter((each) => each.bytes > 0 && each.at > now - DAY_MS)
        const sum = counted.reduce((all, each) => all + each.bytes, 0)
        const figures = { used: sum, resetsAt: (counted[0]?.at ?? 0) + DAY_MS }
        expect((await usage.windows(accountId)).get('Sample')).toEqual(
          counted.length > 0 ? figures : undefined,
        )
        expect((await usage.window({ accountId, platform: 'Sample' })).used).toBe(sum)
        const seconds = await wait(bytes, cap)
        if (bytes > cap) return expect(seconds).toBe(sum + bytes > cap ? DAY_MS / 1000 : 0)
        expect(fits(kept, now + seconds * 1000, bytes, cap)).toBe(true)
        if (seconds > 0) expect(fits(kept, now + (seconds - 1) * 1000, bytes, cap)).toBe(false)
        expect(await usageFaults()).toEqual([])
      }),
      { numRuns: 80 },
    )
  })

  it('is read from as many rows as there are hours, whatever an account did before or within one', async () => {
    await manyCharges(2_000)
    clock.set(START + 30 * DAY_MS)
    await charge(1)
    await database.query('ANALYZE traffic_entry, host_usage')
    const few = await usagePages()
    for (let hour = 0; hour < 20; hour++) {
      await manyCharges(50)
      clock.advance(HOUR_MS)
    }
    await database.query('ANALYZE traffic_entry, host_usage')
    expect(await used()).toEqual({ Sample: 1_001 })
    expect(await usagePages()).toBeLessThan(few + 20)
    clock.advance(4.5 * HOUR_MS) // of the first hour, which the window has half left, the charges are looked at
    expect(await used()).toEqual({ Sample: 950 })
    expect(await usagePages()).toBeLessThan(few + 20 + 50 * 10)
  })

  it('is forgotten once no window reaches back to it, a stretch at a time', async () => {
    for (let hour = 0; hour < 5; hour++) {
      await charge(1)
      clock.advance(HOUR_MS)
    }
    const rows = async () =>
      (await database.query<unknown[]>('SELECT FROM host_usage WHERE account_id = $1', [accountId])).length
    clock.set(START + 3 * DAY_MS)
    await database.query('DELETE FROM host_usage WHERE account_id <> $1', [accountId])
    expect([await usage.forgetPast(3), await rows()]).toEqual([3, 2])
    const late = await charge(10)
    expect([await usage.forgetPast(3), await rows(), await usage.forgetPast(3)]).toEqual([2, 1, 0])
    expect(await used()).toEqual({ Sample: 10 })
    await TrafficLedger.refund(database.manager, clock, [late])
    expect(await used()).toEqual({})
  })
})

describe('what is kept beside the ledger', () => {
  const faults = async () =>
    (await checkLedger(database, clock)).faults.filter((each) => each.accountId === accountId)

  it('is told where it is not what the ledger says, and only then', async () => {
    await charge(10)
    const hour = new Date(START - (START % HOUR_MS))
    expect(await faults()).toEqual([])
    await database.query('UPDATE host_usage SET bytes = 7 WHERE account_id = $1', [accountId])
    await database.query('UPDATE account SET traffic_left = traffic_left - 1 WHERE id = $1', [accountId])
    expect(await faults()).toMatchObject([
      { of: 'balance', platform: null, kept: 1e12 - 11, ledger: 1e12 - 10 },
      { of: 'usage', platform: 'Sample', hour, kept: 7, ledger: 10 },
    ])
    await database.query('DELETE FROM host_usage WHERE account_id = $1', [accountId])
    expect(await faults()).toMatchObject([{ of: 'balance' }, { of: 'usage', kept: 0, ledger: 10 }])
  })

  it('is held against it account by account, in stretches', async () => {
    const all = (await checkLedger(database, clock)).accounts
    expect(all.length).toBeGreaterThan(3)
    const seen: string[] = []
    for (let after: string[] | undefined; ;) {
      const { accounts } = await checkLedger(database, clock, { after, limit: 2 })
      seen.push(...accounts)
      if (accounts.length < 2) break
      after = accounts.slice(-1)
    }
    expect(seen).toEqual(all)
  })
})
