import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { NotificationLooks } from '../notifications/index.js'
import { TestDatabase, settledBlocks, touchedBlocks } from '../testing/index.js'
import { LinkChanges } from './index.js'

/*
 * What a look at what changed costs PostgreSQL, in blocks that it reads, must not grow with the links that there are, nor
 * with how many accounts it is made for.
 */

/** Links that changed lately. */
const CHANGED = 10
/** An index of a hundred times the entries is a level or two deeper, for each row that is looked up in it. */
const MOST_GROWTH = 2
const clock = new TestClock(START)

let db: TestDatabase
let database: DataSource
let accountId: string
let others: string[]

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 1 })
  database = db.source
  accountId = (await db.anAccount()).accountId
  others = []
  for (let n = 0; n < 300; n++) others.push((await db.anAccount()).accountId)
})
afterAll(() => db.close())

/** So many links of the account, all but the last few of which have not changed for an hour. */
async function have(count: number): Promise<void> {
  await database.query('TRUNCATE traffic_entry, host_usage, link, source_file CASCADE')
  const [old, now] = [new Date(START - 3_600_000), new Date(START)]
  await database.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, name, size, created_at, updated_at, done_at)
     SELECT md5('f' || n)::uuid, 'Sample', n, '', 'done', 'k', 'file ' || n, 1, $2, at, at
       FROM generate_series(1, $1::int) n,
            LATERAL (SELECT CASE WHEN n > $1::int - ${CHANGED} THEN $3::timestamptz ELSE $2::timestamptz END AS at) c`,
    [count, old, now],
  )
  await database.query(
    `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT left(md5('l' || n), 24), $2::uuid, md5('f' || n)::uuid, 'a.test', 1, $3::timestamptz, $4::timestamptz
       FROM generate_series(1, $1::int) n`,
    [count, accountId, old, new Date(START + 3_600_000)],
  )
  await database.query(
    `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
     SELECT $2::uuid, 'charge', -1, 'Sample', left(md5('l' || n), 24), $3::timestamptz
       FROM generate_series(1, $1::int) n`,
    [count, accountId, old],
  )
  await database.query('VACUUM ANALYZE')
}

/** Blocks of a look, and how many links it found. */
async function look(accounts: readonly string[]): Promise<[blocks: number, found: number]> {
  const changes = new LinkChanges(database, clock)
  await changes.begin()
  let found = 0
  const work = async () => {
    found = (await changes.look(accounts)).links.length
  }
  return [await settledBlocks(database, work), found]
}

describe('a look at what changed', () => {
  it('costs the same with 500 links and with 10 000, for one account and for 301', async () => {
    await have(500)
    const [few, found] = await look([accountId])
    expect(found).toBe(CHANGED)
    await have(10_000)
    const [one] = await look([accountId])
    expect(one).toBeLessThanOrEqual(MOST_GROWTH * few)
    const [all, foundByAll] = await look([accountId, ...others])
    expect(all).toBeLessThanOrEqual(MOST_GROWTH * one)
    expect(foundByAll).toBe(CHANGED)
    expect((await look(others))[1]).toBe(0)
  }, 120_000)
})

describe('a look at whom to tell', () => {
  const told = () => database.query<unknown[]>('SELECT 1 FROM notification')
  /** Blocks of a look; nobody was told before. */
  async function lookForAll(): Promise<number> {
    const looks = new NotificationLooks(database, clock)
    await looks.look(['webhook'])
    await database.query('TRUNCATE notification')
    return touchedBlocks(database, () => looks.look(['webhook']))
  }

  it('costs the same with 500 links and with 10 000, and asks for none while nobody wants to be told', async () => {
    await have(500)
    const none = await lookForAll()
    expect(await told()).toEqual([])
    await database.query(
      `INSERT INTO notification_setting (account_id, event, channel, since)
       SELECT $1::uuid, event, 'webhook', $2 FROM unnest('{link_finished,link_failed}'::text[]) event`,
      [accountId, new Date(START - 60_000)],
    )
    const few = await lookForAll()
    expect(await told()).toHaveLength(CHANGED)
    await have(10_000)
    expect(await lookForAll()).toBeLessThanOrEqual(MOST_GROWTH * few)
    expect(await told()).toHaveLength(CHANGED)
    expect(none).toBeLessThan(10)
  }, 120_000)
})
