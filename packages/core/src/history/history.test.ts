import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Account } from '../accounts/index.js'
import { Files, SourceFile } from '../files/index.js'
import { Link } from '../links/index.js'
import { TestDatabase } from '../testing/index.js'
import { TrafficEntry, TrafficLedger } from '../traffic/index.js'
import { Vault } from '../secrets/index.js'
import { History } from './index.js'

const DAY = 86_400_000
const KEPT = 400 * DAY
const NOW = START + 1_000 * DAY
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let history: History

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  history = new History(database, clock)
})
afterAll(() => db.close())
beforeEach(() => database.query('TRUNCATE link, source_file, traffic_entry, account CASCADE'))

/** Bytes of an account: what is left, and the sum of its entries. */
const books = () =>
  database.query<{ left: number; sum: number }[]>(
    `SELECT traffic_left AS left, (SELECT coalesce(sum(bytes), 0)::bigint FROM traffic_entry WHERE account_id = a.id) AS sum
       FROM account a ORDER BY id`,
  )
/** What a month came to, by account, platform and kind: the report that must not change. */
const months = () =>
  database.query<{ month: Date }[]>(
    `SELECT account_id, platform, kind, date_trunc('month', created_at, 'UTC') AS month, sum(bytes)::bigint AS bytes,
            sum(coalesce(entries, 1))::int AS entries
       FROM traffic_entry GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
  )
const links = async () => (await database.manager.find(Link)).map(({ id }) => id).sort()

async function sumUpAll(limit = 10): Promise<number> {
  for (let all = 0; ;) {
    const count = await history.sumUp(KEPT, limit)
    if (count === 0) return all
    all += count
  }
}

interface Past {
  account: number
  platform: string
  ageDays: number
  bytes: number
  /** What its file came to later. */
  settled: number
  end: 'expired' | 'failed' | 'cancelled' | null
  endedAfterDays: number
}

async function happened(accounts: readonly string[], past: Past): Promise<string> {
  const created = NOW - past.ageDays * DAY
  clock.set(created)
  const file = await db.aFile({ platform: past.platform, size: past.bytes, wantedAt: new Date(created) })
  const account = { accountId: accounts[past.account] ?? '' }
  const { id } = await db.aLink({ account, file })
  await TrafficLedger.settle(database.manager, clock, file.id, past.settled)
  const ended = created + past.endedAfterDays * DAY
  if (past.end === null || ended > NOW) return id
  clock.set(ended)
  if (past.end !== 'expired') await TrafficLedger.refund(database.manager, clock, [id])
  await database.manager.update(Link, { id }, { endedAt: new Date(ended), endReason: past.end })
  return id
}

const PAST: fc.Arbitrary<Past> = fc.record({
  account: fc.integer({ min: 0, max: 2 }),
  platform: fc.constantFrom('A', 'B'),
  ageDays: fc.integer({ min: 0, max: 900 }),
  bytes: fc.integer({ min: 0, max: 5_000 }),
  settled: fc.integer({ min: 0, max: 5_000 }),
  end: fc.constantFrom('expired', 'failed', 'cancelled', null),
  endedAfterDays: fc.integer({ min: 0, max: 7 }),
})

describe('links and traffic of long ago', () => {
  it('become sums by month; no balance, no month and no younger entry changes by a byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(PAST, { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (all, limit) => {
          await database.query('TRUNCATE link, source_file, traffic_entry, account CASCADE')
          clock.set(NOW - 950 * DAY)
          const accounts: string[] = []
          while (accounts.length < 3) accounts.push((await db.anAccount({ traffic: 1_000_000 })).accountId)
          const stay: string[] = []
          for (const past of all) {
            const id = await happened(accounts, past)
            const isOld = past.end !== null && past.ageDays - past.endedAfterDays >= KEPT / DAY
            if (!isOld) stay.push(id)
          }
          clock.set(NOW)
          const [balances, report] = [await books(), await months()]
          const younger = await database.manager.find(TrafficEntry, { order: { id: 'ASC' } })
          expect(await sumUpAll(limit)).toBe(all.length - stay.length)
          expect(await books()).toEqual(balances)
          expect(balances.every(({ left, sum }) => left === sum)).toBe(true)
          expect(await months()).toEqual(report)
          expect(await links()).toEqual(stay.sort())
          const kept = await database.manager.find(TrafficEntry, { order: { id: 'ASC' } })
          const one = (entry: TrafficEntry) => entry.linkId === null || stay.includes(entry.linkId)
          expect(kept.filter(({ entries }) => entries === null)).toEqual(younger.filter(one))
          const sums = kept.filter(({ entries }) => entries !== null)
          const keys = sums.map((e) => [e.accountId, e.platform, e.kind, e.createdAt.toISOString()].join())
          expect(new Set(keys).size).toBe(keys.length)
          expect(await sumUpAll(limit)).toBe(0)
        },
      ),
      { numRuns: 30 },
    )
  }, 120_000)

  it('are summed up once, though several do it at once while users go on', async () => {
    clock.set(NOW - 800 * DAY)
    const user = await db.anAccount({ traffic: 10_000_000 })
    const old = { account: 0, platform: 'A', ageDays: 700, settled: 100, endedAfterDays: 1 }
    for (let n = 0; n < 40; n++) {
      await happened([user.accountId], { ...old, bytes: 100, end: n % 2 ? 'expired' : 'failed' })
    }
    clock.set(NOW)
    const report = await months()
    const going = Array.from({ length: 20 }, async () => {
      const charge = { accountId: user.accountId, linkId: randomUUID(), platform: 'A', bytes: 5 }
      await TrafficLedger.charge(database.manager, clock, charge)
      await TrafficLedger.refund(database.manager, clock, [charge.linkId])
    })
    const rounds = async () => {
      for (let round = 0; round < 20; round++) await history.sumUp(KEPT, 3)
    }
    await Promise.all([...going, rounds(), rounds(), rounds()])
    await sumUpAll()
    const [book] = await books()
    expect(book?.left).toBe(book?.sum)
    const past = (await months()).filter(({ month }) => month.getTime() < NOW - 30 * DAY)
    expect(past).toEqual(report)
    expect(await database.manager.count(Link)).toBe(0)
  })

  it('leave the rows of their files to be forgotten, and no others', async () => {
    clock.set(NOW - 800 * DAY)
    const user = await db.anAccount({ traffic: 10_000_000 })
    const old = {
      account: 0,
      platform: 'A',
      bytes: 1,
      settled: 1,
      end: 'expired',
      endedAfterDays: 1,
    } as const
    await happened([user.accountId], { ...old, ageDays: 700 })
    await happened([user.accountId], { ...old, ageDays: 100 })
    const files = new Files(database, clock, new Vault(Buffer.alloc(32)))
    clock.set(NOW)
    expect(await files.forgetUnasked(30 * DAY, 10)).toBe(0)
    await sumUpAll()
    expect(await files.forgetUnasked(30 * DAY, 10)).toBe(1)
    expect(await database.manager.count(SourceFile)).toBe(1)
    expect(await database.manager.count(Link)).toBe(1)
  })

  it('can be removed or changed by nothing else', async () => {
    clock.set(NOW - 800 * DAY)
    const user = await db.anAccount({ traffic: 10_000_000 })
    await happened([user.accountId], {
      ...{ account: 0, platform: 'A', ageDays: 700, bytes: 9, settled: 9, end: 'expired', endedAfterDays: 1 },
    })
    clock.set(NOW)
    await sumUpAll()
    const sum = await database.manager.findOneByOrFail(TrafficEntry, { entries: 1 })
    expect(sum).toMatchObject({ kind: 'charge', bytes: -9, linkId: null, platform: 'A' })
    for (const sql of ['UPDATE traffic_entry SET bytes = 0', 'DELETE FROM traffic_entry']) {
      await expect(database.query(sql)).rejects.toThrow('the ledger is append-only')
      const rolling = database.transaction(async (tx) => {
        await tx.query(`SELECT set_config('obb.ledger_roll_up', 'on', true)`)
        await tx.query(sql)
      })
      await expect(rolling).rejects.toThrow('the ledger is append-only') // grants stay, whoever asks
    }
    expect(await database.manager.countBy(Account, { trafficLeft: 10_000_000 - 9 })).toBe(1)
  })
})
