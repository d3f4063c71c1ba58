import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { TestClock } from '@obb/testing/clock'
import { Fetches } from '../fetches/index.js'
import { isInSql } from '../files/index.js'
import { HostBreaker } from '../health/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TestDatabase, loadWaitingFiles, pagesRead, settledBlocks, touchedBlocks } from '../testing/index.js'
import { FetchSchedule, QueuePositions } from './index.js'

/*
 * What a poll of a waiting link, a claim and a wake-up cost PostgreSQL, in blocks that they read, must not grow with
 * what waits.
 */

const HERE = 'Here'
const ELSEWHERE = 'Elsewhere'
const STEPS = [1_000, 50_000]
/** An index of fifty times the entries may be a level deeper, and have entries of dead rows. */
const MOST_GROWTH = 2
const JOIN_AT_ONCE = 1_000

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let schedule: FetchSchedule
let positions: QueuePositions

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 1 })
  database = db.source
  const pool = new AccountPool(database, clock, new Vault(randomBytes(32)))
  const breaker = new HostBreaker(database, clock)
  schedule = new FetchSchedule(database, clock, new Fetches(database, clock), pool, breaker)
  positions = new QueuePositions(database, clock)
})
afterAll(() => db.close())

const turn = (platform: string) => ({
  ...{ platform, worker: 'one', leaseMs: 15_000, maxDownloads: 100_000, solo: false, guarded: true },
  ...{ account: undefined, slots: { all: 100_000, least: 1 } },
})

/** As many as that wait on the platform, with positions. */
async function haveWaiting(platform: string, count: number): Promise<void> {
  const [{ waiting }] = await database.query<[{ waiting: number }]>(
    'SELECT count(*)::int AS waiting FROM waiting_fetch WHERE platform = $1',
    [platform],
  )
  const now = new Date(clock.now())
  await loadWaitingFiles(database, { platform, count: count - waiting, accounts: count / 5, now })
  for (let joined = 0; joined <= count; joined += JOIN_AT_ONCE) await schedule.wouldStart(turn(platform))
  clock.advance(60_000)
  await positions.tend([platform])
  await database.query('VACUUM ANALYZE')
}

async function costs(): Promise<Record<string, number>> {
  const [waiting] = await database.query<[{ fileId: string; accountId: string }]>(
    `SELECT file_id AS "fileId", account_id AS "accountId" FROM waiting_fetch WHERE platform = $1
      ORDER BY position DESC LIMIT 1`,
    [HERE],
  )
  const work: Record<string, () => Promise<unknown>> = {
    poll: () => positions.of(waiting.fileId, waiting.accountId),
    claim: () => schedule.next(turn(HERE)),
    'wake-up': () => schedule.platforms([HERE, ELSEWHERE], 8),
  }
  const blocks: Record<string, number> = {}
  for (const [what, once] of Object.entries(work)) {
    blocks[what] = await settledBlocks(database, once)
  }
  await database.query(`UPDATE source_file SET state = 'idle' WHERE state = 'downloading'`)
  return blocks
}

/** grown gives what costs more than it did, beyond what may be. */
function grown(
  before: Record<string, number>,
  now: Record<string, number>,
): Record<string, readonly number[]> {
  const pairs = Object.entries(now).map(([what, blocks]) => [what, [before[what] ?? 0, blocks]] as const)
  return Object.fromEntries(pairs.filter(([, [least = 0, blocks = 0]]) => blocks > MOST_GROWTH * least))
}

describe.each([
  ['here', HERE],
  ['on another platform', ELSEWHERE],
])('with 1 000 and 50 000 files that wait %s', (_where, platform) => {
  it('a poll, a claim and a wake-up read as many blocks', async () => {
    await haveWaiting(HERE, 1_000)
    const first = await costs()
    for (const count of STEPS) {
      await haveWaiting(platform, count)
      expect({ count, grown: grown(first, await costs()) }).toEqual({ count, grown: {} })
    }
    await database.query('TRUNCATE source_file, fetch_share, platform_queue CASCADE')
  }, 300_000)
})

describe('with 100 000 users who fetched once', () => {
  it('their shares are forgotten with the next estimate', async () => {
    await haveWaiting(HERE, 1_000)
    const before = await costs()
    await database.query('UPDATE platform_queue SET clock = 5')
    await database.query(
      `INSERT INTO fetch_share (platform, account_id, finish_tag)
       SELECT $1, gen_random_uuid(), 6 * random() FROM generate_series(1, 100000)`,
      [HERE],
    )
    await database.query('VACUUM ANALYZE')
    // What is not due is not looked at, however many share it.
    const look = () => positions.tend([HERE, ELSEWHERE, 'Neither', 'Nor'])
    await look()
    expect(await touchedBlocks(database, look)).toBeLessThan(60)
    clock.advance(60_000)
    await positions.tend([HERE])
    const [{ shares }] = await database.query<[{ shares: number }]>(
      'SELECT count(*)::int AS shares FROM fetch_share WHERE finish_tag <= 5 AND waits_since IS NULL',
    )
    expect(shares).toBe(0)
    await database.query('VACUUM ANALYZE')
    expect(grown(before, await costs())).toEqual({})
  }, 120_000)
})

describe('with statistics of a time when nothing waited', () => {
  const addFiles = (count: number, state: string) =>
    database.query(
      `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, next_attempt_at, created_at, updated_at)
       SELECT gen_random_uuid(), $1, n || $3, n, $3, now() - random() * interval '1 hour', now(), now()
         FROM generate_series(1, $2::int) n`,
      [HERE, count, state],
    )

  it('one of 3 000 files that wait is found by its id', async () => {
    await database.query('TRUNCATE source_file, fetch_share, platform_queue CASCADE')
    await addFiles(10_000, 'idle')
    await database.query('VACUUM ANALYZE')
    await addFiles(3_000, 'pending')
    const [{ id }] = await database.query<[{ id: string }]>(
      `SELECT id FROM source_file WHERE state = 'pending' ORDER BY next_attempt_at DESC LIMIT 1`,
    )
    const byId = `SELECT FROM source_file f WHERE id = $1 AND ${isInSql(['pending'], 'f')}`
    expect(await pagesRead(database, byId, [id])).toBeLessThan(20)
  }, 120_000)
})
