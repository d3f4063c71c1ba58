import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase, settledBlocks } from '../testing/index.js'
import { LOOKED_AT, type LinkFilter, type LinkKey, LinkList } from './index.js'

/*
 * What a page of an account's links costs PostgreSQL, in blocks that it reads, must not grow with the links that the
 * account has or had.
 */

const LIMIT = 10
/** An index of a thousand times the entries is a level or two deeper, for each row that is looked up in it. */
const MOST_GROWTH = 2

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let list: LinkList
let accountId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 1 })
  database = db.source
  list = new LinkList(database, clock)
  accountId = (await db.anAccount()).accountId
})
afterAll(() => db.close())

/** So many links of the account in all, of which the oldest nine of ten have ended, and as many of others. */
async function have(count: number): Promise<void> {
  await database.query('TRUNCATE link, source_file CASCADE')
  await database.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, name, size, created_at, updated_at)
     SELECT md5('f' || n)::uuid, 'Sample', n, '', 'done', 'k', 'file ' || n, 1, $2, $2 FROM generate_series(1, $1::int) n`,
    [count, new Date(START)],
  )
  for (const account of [accountId, (await db.anAccount()).accountId]) {
    await database.query(
      `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason)
       SELECT left(md5($3 || n), 24), $3::uuid, md5('f' || n)::uuid, 'a.test', 1,
              $2::timestamptz + n * interval '1 ms', $2::timestamptz + interval '1 hour',
              CASE WHEN n <= 0.9 * $1::int THEN $2::timestamptz END, CASE WHEN n <= 0.9 * $1::int THEN 'expired' END
         FROM generate_series(1, $1::int) n`,
      [count, new Date(START), account],
    )
  }
  await database.query('VACUUM ANALYZE')
}

const cost = (filter: LinkFilter, after?: LinkKey) =>
  settledBlocks(database, () => list.page(accountId, filter, LIMIT, after))

const middle = (count: number): LinkKey => [new Date(START + count / 2).toISOString(), '']

describe('a page of an account with 100, 1 000 and 10 000 links', () => {
  it('costs the same, at the beginning and in the middle', async () => {
    await have(100)
    const first = await cost({})
    for (const count of [100, 1_000, 10_000]) {
      await have(count)
      expect(await cost({})).toBeLessThanOrEqual(MOST_GROWTH * first)
      expect(await cost({}, middle(count))).toBeLessThanOrEqual(MOST_GROWTH * first)
    }
  }, 120_000)

  it('costs with a filter no more than what is looked at, however little it finds', async () => {
    const filters: LinkFilter[] = [{ search: 'nothing' }, { platform: 'Other' }, { state: 'error' }]
    await have(LOOKED_AT)
    const before: number[] = []
    for (const filter of filters) before.push(await cost(filter))
    await have(10 * LOOKED_AT)
    for (const [at, filter] of filters.entries())
      expect(await cost(filter)).toBeLessThanOrEqual(MOST_GROWTH * (before[at] ?? 0))
  }, 120_000)

  it('finds those that are under way without a look at those that have ended', async () => {
    await have(200)
    const few = await cost({ state: 'pending' })
    await have(10_000)
    await database.query(
      `UPDATE link SET ended_at = created_at, end_reason = 'expired' WHERE ended_at IS NULL AND created_at <= $1`,
      [new Date(START + 9_980)],
    )
    await database.query('VACUUM ANALYZE')
    expect(await cost({ state: 'pending' })).toBeLessThanOrEqual(MOST_GROWTH * few)
  }, 120_000)
})
