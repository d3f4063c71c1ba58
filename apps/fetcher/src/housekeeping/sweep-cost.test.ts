import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { BlockList } from '@obb/core/blocks'
import { Fetches } from '@obb/core/fetches'
import { Files, HashStates, StoredBytes, StoredFiles } from '@obb/core/files'
import { History } from '@obb/core/history'
import { Links } from '@obb/core/links'
import { openLog } from '@obb/core/log'
import { Vault } from '@obb/core/secrets'
import { TestDatabase } from '@obb/core/testing'
import { START, TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { Retention } from './retention.js'

/*
 * What the steps of a sweep read, counted by PostgreSQL itself, over tables in which little is due. A step that reads more
 * than a tenth of a table goes through all of it.
 */

const FILES = 20_000
const DUE = 20
const DAY = 86_400_000

let db: TestDatabase
/** What the sweep has: the fetcher's rights, on one connection, whose counts are flushed. */
let own: DataSource
const clock = new TestClock()

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 1 })
  const { accountId } = await db.anAccount()
  const now = new Date(START)
  await db.source.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, sha256, name, size, wanted_at,
                              last_access_at, checked_at, created_at, updated_at)
     SELECT md5('f' || n)::uuid, 'Sample', n, 'https://sample.test/' || n, s.state,
            CASE WHEN s.state = 'done' THEN 'o/' || n END, CASE WHEN s.state = 'done' THEN md5(n::text) || md5('b' || n) END,
            'name ' || n, 1000, $2, $2, $2, $2, $2::timestamptz - interval '1 day' * (n % 10)
       FROM generate_series(1, $1::int) n,
            LATERAL (SELECT CASE WHEN n % 20 < 14 THEN 'done' WHEN n % 20 < 19 THEN 'idle' ELSE 'error' END AS state) s`,
    [FILES, now],
  )
  // One link to each file, most of them ended; live ones to stored files.
  await db.source.query(
    `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason)
     SELECT substr(md5('l' || n), 1, 24), $2, md5('f' || n)::uuid, 'a.test', 1000, $3, $3::timestamptz + interval '7 days',
            CASE WHEN n % 20 <> 1 THEN $3::timestamptz END, CASE WHEN n % 20 <> 1 THEN 'expired' END
       FROM generate_series(1, $1::int) n`,
    [FILES, accountId, now],
  )
  await db.source.query(
    `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
     SELECT account_id, 'charge', -charged, 'Sample', id, created_at FROM link`,
  )
  // What is due: of each kind a few.
  const some = `host_file_id::int BETWEEN $1 AND $1 + 20 * ${DUE}`
  await db.source.query(
    `UPDATE source_file SET last_access_at = now() - interval '9 years' WHERE state = 'done' AND ${some}`,
    [1],
  )
  await db.source.query(
    `UPDATE source_file SET wanted_at = NULL, updated_at = now() - interval '9 years' WHERE state = 'idle' AND ${some}`,
    [1_000],
  )
  await db.source.query(
    `DELETE FROM link USING source_file f WHERE f.id = file_id AND f.wanted_at IS NULL AND ${some}`,
    [1_000],
  )
  await db.source.query(
    `UPDATE link SET expires_at = '2020-01-01' FROM source_file f
      WHERE f.id = file_id AND link.ended_at IS NULL AND ${some}`,
    [2_000],
  )
  await db.source.query(
    `UPDATE link SET ended_at = '2020-01-01' FROM source_file f
      WHERE f.id = file_id AND link.ended_at IS NOT NULL AND ${some}`,
    [3_000],
  )
  const removed = await db.anAccount()
  await db.aLink({ account: removed })
  await db.source.query(`UPDATE account SET state = 'removed' WHERE id = $1`, [removed.accountId])
  await db.aFile({ state: 'pending' })
  await db.aFile({ state: 'downloading' })
  await db.source.query(
    `INSERT INTO block (id, kind, value, reason, created_at)
     VALUES (gen_random_uuid(), 'url', 'https://sample.test/77', 'r', now()),
            (gen_random_uuid(), 'sha256', md5('81') || md5('b81'), 'r', now())`,
  )
  await db.source.query('VACUUM ANALYZE')
  own = await db.another({ pool: 1 }, 'fetcher')
}, 120_000)
afterAll(() => db.close())

const TABLES = ['source_file', 'link', 'traffic_entry', 'account']

/** Rows that were read so far, by table. */
async function read(): Promise<Record<string, number>> {
  await own.query('SELECT pg_stat_force_next_flush()')
  const rows = await db.source.query<{ table: string; read: number }[]>(
    `SELECT relname AS table, seq_tup_read + coalesce(idx_tup_fetch, 0) AS read FROM pg_stat_user_tables
      WHERE relname = ANY($1)`,
    [TABLES],
  )
  return Object.fromEntries(rows.map((row) => [row.table, row.read]))
}

describe('of tables that hold much, little of it due, a sweep reads little:', () => {
  const fetches = () => new Fetches(own, clock)
  const retention = () => {
    const files = new Files(own, clock, new Vault(randomBytes(32)))
    const config = {
      FILE_TTL: 14 * DAY,
      FACTS_TTL: 30 * DAY,
      HISTORY_TTL: 400 * DAY,
      STORAGE_QUOTA: 13_995_000,
    }
    const history = new History(own, clock)
    const stored = new StoredFiles(own, clock)
    const bytes = new StoredBytes(own, clock)
    return new Retention(stored, bytes, files, history, config, openLog('fetcher', 'silent'))
  }
  const enforced = async () => {
    const blocks = new BlockList(own, clock)
    while (await blocks.enforcePending()) expect(await blocks.list()).not.toEqual([])
  }
  const STEPS: [string, () => Promise<unknown>][] = [
    ['expired links', () => new Links(own, clock).expire()],
    ['links of removed users', () => fetches().endRemoved()],
    ['unwanted files', () => fetches().abandonUnwanted()],
    ['known uploads', () => fetches().knownUploads()],
    ['states of hashes', () => new HashStates(own).forgetUnneeded()],
    ['blocks by URL and bytes', () => enforced()],
    ['quota', () => retention().evict()],
    ['unused files', () => retention().forgetFiles()],
    ['unasked files', () => retention().forgetUnasked()],
    ['links and traffic of long ago', () => retention().sumUpHistory()],
    ['a shard of the total of stored bytes', () => retention().verifyBytes()],
    ['a block that is taken back', () => new BlockList(db.source, clock).remove(BLOCK)],
  ]
  const BLOCK = '00000000-0000-4000-8000-000000000000'

  it.each(STEPS)('%s', async (_, step) => {
    await db.source.query(
      `INSERT INTO block (id, kind, value, reason, created_at, enforced_at) VALUES ($1, 'url', 'x', 'r', now(), now())
       ON CONFLICT DO NOTHING`,
      [BLOCK],
    )
    const before = await read()
    await step()
    const after = await read()
    const rows = Object.fromEntries(
      TABLES.map((table) => [table, (after[table] ?? 0) - (before[table] ?? 0)]),
    )
    const most = Math.max(...Object.values(rows))
    expect({ rows, isLittle: most <= FILES / 10 }).toEqual({ rows, isLittle: true })
  })

  it('and what was due is done', async () => {
    const [row] = await db.source.query<Record<string, number>[]>(
      `SELECT (SELECT count(*)::int FROM link WHERE ended_at IS NULL AND expires_at < '2021-01-01') AS expired,
              (SELECT count(*)::int FROM link WHERE ended_at < '2021-01-01') AS past,
              (SELECT count(*)::int FROM source_file WHERE wanted_at IS NULL AND updated_at < now() - interval '8 years') AS unasked,
              (SELECT count(*)::int FROM block WHERE enforced_at IS NULL) AS blocks`,
    )
    expect(row).toEqual({ expired: 0, past: 0, unasked: 0, blocks: 0 })
  })
})
