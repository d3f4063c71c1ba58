import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { Levels } from './index.js'

const HOUR = 3_600_000
const clock = new TestClock(Date.UTC(2027, 0, 10, 12, 30))
let db: TestDatabase
beforeAll(async () => {
  db = await TestDatabase.open(clock)
})
afterAll(() => db.close())

async function addAccount(platform: string, more: { enabled?: boolean; left?: number | null } = {}) {
  const id = randomUUID()
  const { enabled = true, left = 1_000_000 } = more
  await db.source.query(
    `INSERT INTO host_account (id, platform, label, sealed_credentials, created_at, enabled, traffic_left)
     VALUES ($1, $2, 'one', '', now(), $3, $4)`,
    [id, platform, enabled, left],
  )
  return id
}

it('are written once an hour by whoever is there, kept for a week, and tell growth and use', async () => {
  const ids = [await addAccount('Sample'), await addAccount('Sample')]
  await addAccount('Off', { enabled: false })
  await addAccount('Unlimited', { left: null })
  const writers = [new Levels(db.source, clock), new Levels(db.source, clock)]
  for (let hour = 0; hour < 10 * 24; hour++) {
    for (const levels of writers) await levels.record()
    clock.advance(HOUR)
    await db.source.query('UPDATE stored_bytes SET bytes = bytes + 5 WHERE shard = 0')
    await db.source.query('UPDATE host_account SET traffic_left = traffic_left - 10 WHERE id = $1', [ids[0]])
  }
  const [{ count }] = await db.source.query<[{ count: number }]>('SELECT count(*)::int AS count FROM level')
  expect(count).toBe(3 * (7 * 24 + 1))
  const { store, hosts } = await new Levels(db.source, clock).paces()
  expect(store).toBe(120)
  expect([...hosts]).toEqual([['Sample', { perDay: 240, renewsAt: null }]])
})
