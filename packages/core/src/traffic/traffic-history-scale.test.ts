import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase, settledBlocks } from '../testing/index.js'
import { type HistoryFilter, TrafficHistory, TrafficLedger } from './index.js'

/*
 * What the history of an account's traffic costs PostgreSQL, in blocks that it reads, must not grow with what was
 * charged before the days that are asked for, nor a page of the ledger with all that was ever charged.
 */

const DAY_MS = 86_400_000
const DAYS = 30
/** Of the days that are asked for. */
const RECENT = 10
/** Fewer fit into a block or two, which PostgreSQL reads without an index. */
const FEW = 500
/** An index of a thousand times the entries is a level or two deeper, for each row that is looked up in it. */
const MOST_GROWTH = 2.5
const clock = new TestClock()

let db: TestDatabase
let history: TrafficHistory
let accountId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 1 })
  history = new TrafficHistory(db.source, clock)
  accountId = (await db.anAccount()).accountId
})
afterAll(() => db.close())

/** So many charges of these accounts on three platforms, of which `recent` lie in the days that are asked for. */
async function have(count: number, recent: number, accountIds = [accountId]): Promise<void> {
  await db.source.query('TRUNCATE traffic_entry, host_usage, link, source_file CASCADE')
  await db.source.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, name, size, created_at, updated_at)
     SELECT md5('f' || n)::uuid, 'P' || n % 3, n, '', 'file ' || n, 1, $2, $2 FROM generate_series(1, $1::int) n`,
    [count, new Date(START)],
  )
  await db.source.query(
    `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT left(md5('l' || n), 24), $2::uuid, md5('f' || n)::uuid, 'a.test', 1, $3::timestamptz, $3::timestamptz
       FROM generate_series(1, $1::int) n`,
    [count, accountId, new Date(START)],
  )
  const old = new Date(START - 60 * DAY_MS)
  await db.source.query(
    `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
     SELECT ($3::uuid[])[1 + n % cardinality($3)], 'charge', -1, 'P' || n % 3, left(md5('l' || n), 24),
            CASE WHEN n > $1::int - $2::int THEN $4::timestamptz ELSE $5::timestamptz END
       FROM generate_series(1, $1::int) n`,
    [count, recent, accountIds, new Date(START), old],
  )
  await db.source.query('VACUUM ANALYZE')
}

const cost = (work: () => Promise<unknown>) => settledBlocks(db.source, work)

const usage = () => history.byDay(accountId, DAYS)
const newest = () => history.entries(accountId, RECENT)
const middle = () => history.entries(accountId, RECENT, ['5000', '0'])
const accounts = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => (await db.anAccount()).accountId))

describe('the traffic of an account with 500 and 10 000 links', () => {
  it('costs the same by day, where the same number was charged in those days', async () => {
    await have(FEW, RECENT)
    const few = await cost(usage)
    await have(10_000, RECENT)
    expect(await cost(usage)).toBeLessThanOrEqual(MOST_GROWTH * few)
    expect((await usage()).reduce((links, day) => links + day.links, 0)).toBe(RECENT)
  }, 120_000)

  it('costs by day at most a block for each that was charged in those days', async () => {
    await have(10_000, 10_000)
    expect(await cost(usage)).toBeLessThanOrEqual(10_000)
  }, 120_000)

  it('costs the same for a page of the ledger, at the beginning and in the middle', async () => {
    await have(FEW, RECENT)
    const few = await cost(newest)
    await have(10_000, RECENT)
    expect(await cost(newest)).toBeLessThanOrEqual(MOST_GROWTH * few)
    expect(await cost(middle)).toBeLessThanOrEqual(MOST_GROWTH * few)
  }, 120_000)

  it('costs with a filter no more than what is looked at, however little it finds', async () => {
    const filters: HistoryFilter[] = [
      { kind: 'refund' },
      { platform: 'Other' },
      { since: new Date(START + 1) },
    ]
    const filtered = (filter: HistoryFilter) =>
      cost(() => history.entries(accountId, RECENT, undefined, filter))
    await have(1_000, RECENT)
    const before: number[] = []
    for (const filter of filters) before.push(await filtered(filter))
    await have(10_000, RECENT)
    for (const [at, filter] of filters.entries())
      expect(await filtered(filter)).toBeLessThanOrEqual(MOST_GROWTH * (before[at] ?? 0))
  }, 120_000)

  it('costs the same for the ledger of somebody new, asked for by an operator, among those of ten others', async () => {
    const [newcomer = '', ...others] = await accounts(11)
    const asked = () => TrafficLedger.entries(db.source, newcomer, { limit: 100 })
    await have(FEW, RECENT, others)
    const few = await cost(asked)
    await have(10_000, RECENT, others)
    expect(await cost(asked)).toBeLessThanOrEqual(MOST_GROWTH * few)
  }, 120_000)
})
