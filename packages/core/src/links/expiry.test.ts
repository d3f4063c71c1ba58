import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { Links, expiredWalk } from './index.js'

const HOUR = 3_600_000
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let accountId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  accountId = (await db.anAccount()).accountId
})
afterAll(() => db.close())
beforeEach(() => database.query('TRUNCATE link, source_file CASCADE'))

/** So many links to a file each, which ended all at once an hour ago, and their files in this state. */
async function links(count: number, state: 'done' | 'downloading'): Promise<void> {
  await database.query(
    `WITH f AS (
       INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, size, created_at, updated_at)
       SELECT gen_random_uuid(), 'Sample', $2 || n, '', $2, 'k', 1, $3, $3 FROM generate_series(1, $1::int) n RETURNING id)
     INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT substr(md5(id::text), 1, 24), $4, id, 'a.test', 1, $3, $5 FROM f`,
    [count, state, new Date(START), accountId, new Date(START - HOUR)],
  )
}
const ended = async () => {
  const [row] = await database.query<[{ count: number }]>(
    `SELECT count(*)::int AS count FROM link WHERE end_reason = 'expired' AND ended_at = $1`,
    [new Date(START)],
  )
  return row.count
}

describe('links whose time is over', () => {
  it('end in batches, each once, by several workers at once, however many they are', async () => {
    await links(5_000, 'done')
    const workers = [1, 2, 3].map(() => ({ links: new Links(database, clock), walk: expiredWalk() }))
    const counts: number[] = []
    while ((await ended()) < 5_000) {
      const batch = await Promise.all(workers.map(({ links, walk }) => links.expire(200, walk)))
      expect(Math.max(...batch)).toBeLessThanOrEqual(200)
      counts.push(...batch)
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5_000)
  })

  it('end also behind thousands that must wait for their fetch, which no batch looks at twice a round', async () => {
    await links(1_000, 'downloading')
    await links(1_000, 'done')
    const [own, walk] = [new Links(database, clock), expiredWalk()]
    let pages = 0
    do {
      await own.expire(100, walk)
      pages++
    } while (walk.isUnderWay)
    // The page after the last full one is empty.
    expect([pages, await ended()]).toEqual([21, 1_000])
  })
})
