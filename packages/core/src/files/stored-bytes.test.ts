import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { FILE_STATES, SHARDS, StoredBytes, StoredBytesChange, StoredBytesShard } from './index.js'

const DAY = 86_400_000
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let storedBytes: StoredBytes

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  storedBytes = new StoredBytes(database, clock)
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  return database.query('TRUNCATE link, source_file CASCADE')
})

const total = () => StoredBytes.total(database.manager)
async function counted(): Promise<number> {
  const [row] = await database.query<[{ bytes: number }]>(
    `SELECT coalesce(sum(CASE WHEN state = 'done' THEN size WHEN upload_id IS NOT NULL THEN bytes_done END)
       FILTER (WHERE object_key IS NOT NULL), 0)::bigint AS bytes FROM source_file`,
  )
  return row.bytes
}
const changes = () => database.manager.count(StoredBytesChange)

describe('the bytes in the store', () => {
  it('are what a count of all files gives, whatever becomes of them, folded or not', async () => {
    const change = fc.record({
      file: fc.integer({ min: 0, max: 5 }),
      state: fc.constantFrom(...FILE_STATES),
      key: fc.constantFrom(null, 'object'),
      size: fc.integer({ min: 0, max: 1_000_000_000_000 }),
      what: fc.constantFrom('update', 'delete', 'fold', 'roll back'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 25 }), async (list) => {
        await database.query('TRUNCATE link, source_file CASCADE')
        for (const { file, state, key, size, what } of list) {
          const id = `${file}${file}000000-0000-4000-8000-00000000000${file}`
          if (what === 'fold') await storedBytes.fold()
          else if (what === 'delete') await database.query('DELETE FROM source_file WHERE id = $1', [id])
          else {
            const put = database.transaction(async (tx) => {
              await tx.query(
                `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, size,
                                          bytes_done, upload_id, created_at, updated_at)
                 VALUES ($1::uuid, 'Sample', $1::uuid, '', $2, $3, $4, $4, NULL, now(), now())
                 ON CONFLICT (id) DO UPDATE SET state = $2, object_key = $3, size = $4, bytes_done = $4`,
                [id, state, key, size],
              )
              if (what === 'roll back') throw new Error('rolled back')
            })
            await put.catch((error: Error) => expect(error.message).toBe('rolled back'))
          }
          expect(await total()).toBe(await counted())
        }
      }),
      { numRuns: 25 },
    )
  })

  it('count what has arrived of files under way', async () => {
    await db.aFile({ state: 'done', size: 1_000 })
    await db.aFile({ state: 'downloading', bytesDone: 60 })
    await db.aFile({ state: 'pending', objectKey: 'k', uploadId: 'u', bytesDone: 7 })
    expect([await total(), await counted()]).toEqual([1_067, 1_067])
  })

  it('stay the same while changes are folded by several at once, and no change waits for another', async () => {
    await database.query(
      `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, size, created_at, updated_at)
       SELECT gen_random_uuid(), 'Sample', n::text, '', 'done', 'k', n, now(), now() FROM generate_series(1, 2500) n`,
    )
    const sum = (2_500 * 2_501) / 2
    expect(await changes()).toBe(2_500)
    const seen: number[] = []
    let folding = true
    const look = (async () => {
      while (folding) seen.push(await total())
    })()
    while ((await changes()) > 0) await Promise.all([1, 2, 3, 4].map(() => storedBytes.fold()))
    folding = false
    await look
    expect(new Set(seen)).toEqual(new Set([sum]))
    expect(await total()).toBe(sum)
  })

  it('are compared with the files once a day, a shard at a time, and corrected', async () => {
    clock.set(START + 10 * DAY)
    const first = await db.aFile({ id: '00112233-4455-4677-8899-aabbccddeeff', state: 'done', size: 500 })
    const last = await db.aFile({ id: 'ffffffff-ffff-4fff-bfff-ffffffffffff', state: 'done', size: 70 })
    await database.query('UPDATE stored_bytes SET bytes = bytes + 3 WHERE shard = 0')
    await database.query('UPDATE stored_bytes SET bytes = bytes - 9 WHERE shard = 255')
    expect(await total()).toBe(564)
    const verifyAll = () => Promise.all(Array.from({ length: SHARDS }, () => storedBytes.verify()))
    const off = (await verifyAll()).filter((each) => each !== undefined)
    expect(off.sort((a, b) => a.shard - b.shard)).toEqual([
      { shard: 0, bytes: -3 },
      { shard: 255, bytes: 9 },
    ])
    expect([await total(), await counted()]).toEqual([570, 570])
    const times = await database.manager.findBy(StoredBytesShard, { countedAt: new Date(clock.now()) })
    expect(times).toHaveLength(SHARDS)

    await database.query('UPDATE stored_bytes SET bytes = bytes + 3 WHERE shard = 0')
    expect((await verifyAll()).every((each) => each === undefined)).toBe(true)
    clock.advance(DAY)
    expect((await verifyAll()).filter((each) => each !== undefined)).toEqual([{ shard: 0, bytes: -3 }])
    expect([first.size, last.size]).toEqual([500, 70])
  })
})
