import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { TestClock } from '@obb/testing/clock'
import { recordNightlyBackup } from '../backup/index.js'
import { exposition, measure } from '../metrics/index.js'
import { Fetchers } from '../queue/index.js'
import { PlatformQueues } from '../scheduling/index.js'
import { StoreHealth } from '../store-state/index.js'
import { TestDatabase } from '../testing/index.js'
import { InstallationMetrics } from './index.js'

const clock = new TestClock()
let db: TestDatabase
let metrics: InstallationMetrics
let health: StoreHealth
let now = 0

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  health = new StoreHealth(db.source, clock)
  metrics = new InstallationMetrics(
    db.source,
    clock,
    new PlatformQueues(db.source),
    new Fetchers(db.source, clock),
    health,
  )
  metrics.onModuleInit()
})
afterAll(() => db.close())
beforeEach(() => {
  now += 5_000
})

async function told(): Promise<string> {
  await metrics.refresh(now)
  return exposition(new Map([['0', await measure({ checks: [] })]]))
}

it('tells the queue of each platform and how long the oldest link waits, and forgets it once it is empty', async () => {
  const account = await db.anAccount()
  const file = await db.aFile({ state: 'pending' })
  await db.aLink({ account, file })
  clock.advance(90_000)
  const { platform } = file
  const text = await told()
  expect(text).toContain(`obb_fetches_waiting{platform="${platform}",worker="0"} 1`)
  expect(text).toContain(`obb_fetches_waiting_oldest_seconds{platform="${platform}",worker="0"} 90`)
  expect(text).toContain('obb_links_unfinished{state="pending",worker="0"} 1')
  await db.source.query('DELETE FROM waiting_fetch')
  now += 5_000
  expect(await told()).not.toContain('obb_fetches_waiting{')
})

it('tells accounts by state, traffic, circuits, the store and fetchers', async () => {
  const add = (columns: string, values: string) =>
    db.source.query(
      `INSERT INTO host_account (id, platform, label, sealed_credentials, created_at, ${columns})
       VALUES ('${randomUUID()}', 'Sample', 'one', '', now(), ${values})`,
    )
  await add('traffic_left', '700')
  await add('cool_until', `to_timestamp(${clock.now() / 1000 + 60})`)
  await add('enabled', 'false')
  await add('valid_until', `to_timestamp(${clock.now() / 1000 - 60})`)
  await add('premium', 'false')
  await db.source.query(
    `INSERT INTO host_health (platform, open_until) VALUES ('Sample', to_timestamp(${clock.now() / 1000 + 60}))`,
  )
  await health.recordRoom(123)
  await health.recordFailure('full', 'no room')
  await new Fetchers(db.source, clock).beat('one', 8)
  const text = await told()
  for (const line of [
    'obb_host_accounts{platform="Sample",state="on",worker="0"} 1',
    'obb_host_accounts{platform="Sample",state="rests",worker="0"} 1',
    'obb_host_accounts{platform="Sample",state="off",worker="0"} 1',
    'obb_host_accounts{platform="Sample",state="ended",worker="0"} 2',
    'obb_host_traffic_left_bytes{platform="Sample",worker="0"} 700',
    'obb_host_circuit_open{platform="Sample",worker="0"} 1',
    'obb_store_trouble{trouble="full",worker="0"} 1',
    'obb_store_trouble{trouble="away",worker="0"} 0',
    'obb_store_free_bytes{worker="0"} 123',
    'obb_store_used_bytes{worker="0"} 0',
    'obb_fetchers_alive{worker="0"} 1',
    'obb_fetcher_slots{worker="0"} 8',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
})

it('tells when the first account in use ends at its host, and of none that has ended, is off or never ends', async () => {
  await db.source.query('DELETE FROM host_account')
  const at = (days: number) => clock.now() / 1000 + days * 86_400
  const add = (platform: string, days: number | null, enabled: boolean, rests = false) =>
    db.source.query(
      `INSERT INTO host_account (id, platform, label, sealed_credentials, created_at, valid_until, enabled, cool_until)
       VALUES ($1, $2, $2, '', now(), to_timestamp($3), $4, to_timestamp($5))`,
      [randomUUID(), platform, days === null ? null : at(days), enabled, rests ? at(1) : null],
    )
  await add('Sample', 30, true)
  await add('Sample', 6, true, true)
  await add('Sample', 2, false)
  await add('Sample', -1, true)
  await add('Forever', null, true)
  const lines = (await told()).split('\n').filter((line) => line.startsWith('obb_host_premium_until'))
  expect(lines).toEqual([`obb_host_premium_until_timestamp_seconds{platform="Sample",worker="0"} ${at(6)}`])
  await db.source.query('DELETE FROM host_account')
  now += 5_000
  expect(await told()).not.toMatch(/^obb_host_premium_until/m)
})

it('tells no free space where the store tells none, as an S3 does: 0 would be a store that is full', async () => {
  await health.recordRoom(undefined)
  expect(await told()).not.toMatch(/^obb_store_free_bytes/m)
  await health.recordRoom(123)
  now += 5_000
  expect(await told()).toContain('obb_store_free_bytes{worker="0"} 123')
})

it('tells when the newest nightly backup was made, 0 for none, and nothing while they are off', async () => {
  const url = db.url
  const state = { since: new Date(clock.now()), madeAt: null, failedAt: null, failure: null }
  const line = async () => {
    now += 5_000
    return /^obb_backup_last_success_timestamp_seconds\S* (\S+)/m.exec(await told())?.[1]
  }
  expect(await line()).toBeUndefined()
  await recordNightlyBackup(url, state)
  expect(await line()).toBe('0')
  await recordNightlyBackup(url, { ...state, madeAt: state.since })
  expect(await line()).toBe(String(clock.now() / 1000))
  await recordNightlyBackup(url, undefined)
  expect(await line()).toBeUndefined()
})

it('asks the database once in five seconds, however many ask, and keeps what it knows while that is away', async () => {
  const before = await told()
  const query = jest.spyOn(db.source, 'query')
  await Promise.all([metrics.refresh(now), metrics.refresh(now + 4_999)])
  expect(query).not.toHaveBeenCalled()
  query.mockRejectedValue(new Error('away'))
  now += 5_000
  expect(await told()).toBe(before)
  expect(query).toHaveBeenCalled()
  query.mockRestore()
})
