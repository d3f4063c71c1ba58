import { expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { Fetches } from './index.js'
import { TestDatabase } from '../testing/index.js'

it('a heartbeat of a fetch writes its row and no index', async () => {
  const clock = new TestClock()
  const db = await TestDatabase.open(clock, { pool: 1 })
  const { source } = db
  const fetches = new Fetches(source, clock)
  for (let file = 0; file < 200; file++) await db.aFile({ state: 'idle' })
  const { id: fileId } = await db.aFile({ state: 'pending' })
  const file = await fetches.claim({ fileId, generation: 1 }, 'one', 15_000)
  const claim = { fileId, claim: file?.claim ?? 0, worker: 'one' }
  await fetches.setUpload(claim, { objectKey: 'k', uploadId: 'u', partSize: 8 })

  const updates = async (): Promise<{ all: number; hot: number }> => {
    await source.query('SELECT pg_stat_force_next_flush()')
    const [row] = await source.query<[{ all: number; hot: number }]>(
      `SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'source_file'`,
    )
    return row
  }
  const before = await updates()
  for (let beat = 1; beat <= 100; beat++) {
    clock.advance(1_000)
    expect(await fetches.renew(claim, 15_000, { bytesDone: beat, speed: beat })).toBe(true)
  }
  const after = await updates()
  expect(after.all - before.all).toBe(100)
  // One beat in a while finds its page full, and moves the row to another one.
  expect(after.hot - before.hot).toBeGreaterThanOrEqual(95)

  const indexed = await source.query<{ column: string; index: string }[]>(
    `SELECT a.attname AS column, i.indexrelid::regclass::text AS index
       FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
      WHERE i.indrelid = 'source_file'::regclass AND a.attname IN ('lease_until', 'bytes_done', 'speed')
        AND (a.attnum = ANY(i.indkey) OR pg_get_expr(i.indpred, i.indrelid) LIKE '%' || a.attname || '%')`,
  )
  expect(indexed).toEqual([])
  await db.close()
}, 30_000)
