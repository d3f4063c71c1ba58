import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { Fetchers, QueueError } from '../queue/index.js'
import { SEALED, Vault } from '../secrets/index.js'
import { StoreHealth } from '../store-state/index.js'
import { openDatabase } from '../database/index.js'
import { StoreError } from '../storage/index.js'
import { TestDatabase } from '../testing/index.js'
import {
  DatabaseProbes,
  fetchersProbe,
  type Probe,
  queueProbe,
  Readiness,
  secretsProbe,
  storeProbe,
  storeStateProbe,
} from './index.js'

const clock = new TestClock()
let db: TestDatabase
let fetchers: Fetchers
let health: StoreHealth

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  fetchers = new Fetchers(db.source, clock)
  health = new StoreHealth(db.source, clock)
})
afterAll(() => db.close())
beforeEach(() => clock.set())
afterEach(() => {
  jest.restoreAllMocks()
})

const checksOf = async (probes: readonly Probe[]) => (await new Readiness(probes).view()).checks

it('a database that is up to date, with its clock, is ok', async () => {
  expect(await checksOf(new DatabaseProbes(db.source).all)).toEqual([
    { name: 'database', status: 'ok' },
    { name: 'migrations', status: 'ok' },
    { name: 'clock', status: 'ok' },
  ])
})

it('tells a database that takes no changes, and one that has no connection left, in words', async () => {
  const standby = await openDatabase(db.url, { sessions: '-c default_transaction_read_only=on' })
  try {
    expect((await checksOf(new DatabaseProbes(standby).all))[0]).toEqual({
      name: 'database',
      status: 'failing',
      detail: 'takes no changes, as a standby',
      action: expect.stringContaining('DATABASE_URL'),
    })
  } finally {
    await standby.destroy()
  }
  const full = Object.assign(new Error('FATAL at 10.0.0.9'), { code: '53300' })
  jest.spyOn(db.source, 'query').mockRejectedValue(full)
  expect((await checksOf(new DatabaseProbes(db.source).all))[0]).toMatchObject({
    detail: 'has no connection left',
    action: expect.stringContaining('max_connections'),
  })
})

it('tells how many migrations are missing', async () => {
  const [{ name }] = await db.source.query<[{ name: string }]>('SELECT name FROM migrations LIMIT 1')
  await db.source.query('UPDATE migrations SET name = $2 WHERE name = $1', [name, 'of a later version'])
  const checks = await checksOf(new DatabaseProbes(db.source).all)
  await db.source.query('UPDATE migrations SET name = $1 WHERE name = $2', [name, 'of a later version'])
  expect(checks[1]).toMatchObject({ status: 'failing', detail: expect.stringMatching(/^1 of \d+ /) })
  expect((await checksOf(new DatabaseProbes(db.source).all))[1]).toMatchObject({ status: 'ok' })
})

it.each([
  [90_000, /^9\d\.\d s ahead of PostgreSQL's$|^90\.\d s ahead/],
  [-90_000, /^\d+\.\d s behind PostgreSQL's$/],
])('tells how far the clock of this machine is off: %i ms', async (offMs, detail) => {
  const real = Date.now.bind(Date)
  jest.spyOn(Date, 'now').mockImplementation(() => real() + offMs)
  const [, , check] = await checksOf(new DatabaseProbes(db.source).all)
  expect(check).toMatchObject({ name: 'clock', status: 'failing', detail: expect.stringMatching(detail) })
})

it('tells whether a fetcher is alive, and their slots', async () => {
  expect((await checksOf([fetchersProbe(fetchers)]))[0]).toMatchObject({ status: 'failing' })
  await fetchers.beat('one', 8)
  await fetchers.beat('two', 1)
  const [check] = await checksOf([fetchersProbe(fetchers)])
  expect(check).toEqual({ name: 'fetchers', status: 'ok', detail: '2 alive with 9 slots' })
})

it('tells a SECRETS_KEY that opens nothing of what is sealed, and not one value that it does not open', async () => {
  const [right, wrong] = ['ab', 'cd'].map((byte) => new Vault(Buffer.from(byte.repeat(32), 'hex')))
  const lookAs = async (vault: Vault) => (await checksOf([secretsProbe(db.source, vault)]))[0]
  expect(await lookAs(wrong!)).toEqual({ name: 'secrets', status: 'ok' }) // nothing is sealed yet
  const seal = (vault: Vault, id: string) =>
    db.source.query(
      `INSERT INTO host_account (id, platform, label, sealed_credentials, created_at) VALUES ($1, 'Sample', '', $2, now())`,
      [id, vault.seal(SEALED.credentials.purpose, id, {})],
    )
  await seal(right!, '00000000-0000-4000-8000-000000000001')
  expect(await lookAs(right!)).toEqual({ name: 'secrets', status: 'ok' })
  expect(await lookAs(wrong!)).toMatchObject({
    status: 'failing',
    detail: expect.stringContaining('opens none'),
    action: expect.stringContaining('Set SECRETS_KEY'),
  })
  await seal(wrong!, '00000000-0000-4000-8000-000000000002')
  expect(await lookAs(right!)).toMatchObject({ status: 'ok' })
})

it('tells a Redis that was given up in words for people', async () => {
  const cause = Object.assign(new Error('Reached the max retries'), { name: 'MaxRetriesPerRequestError' })
  const error = new QueueError('UNAVAILABLE', 'asking the queue failed', { cause })
  const [check] = await checksOf([queueProbe({ ping: () => Promise.reject(error) })])
  expect(check).toMatchObject({ status: 'failing', detail: 'cannot be reached' })
})

it('tells of a queue in PostgreSQL what that has against it', async () => {
  const cause = Object.assign(new Error('could not extend file'), { code: '53100' })
  const error = new QueueError('UNAVAILABLE', 'asking the queue failed', { cause })
  const [check] = await checksOf([queueProbe({ ping: () => Promise.reject(error) })])
  expect(check).toMatchObject({
    detail: 'PostgreSQL has no room on its disk',
    action: expect.stringContaining('Make room'),
  })
})

it.each([
  ['WRONGPASS invalid username-password pair', 'Redis does not take the password', /REDIS_PASSWORD/],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'Redis is full', /maxmemory/],
  ["READONLY You can't write against a read only replica.", /replica$/, /REDIS_URL/],
])('tells what Redis answered, in words for people: %s', async (answer, detail, action) => {
  const error = new QueueError('UNAVAILABLE', 'asking the queue failed', { cause: new Error(answer) })
  const [check] = await checksOf([queueProbe({ ping: () => Promise.reject(error) })])
  expect(check?.detail).toMatch(detail)
  expect(check?.action).toMatch(action)
})

it('tells what is wrong with the store, its free space and what to do', async () => {
  await health.recordRoom(5_000_000)
  expect((await checksOf([storeStateProbe(health)]))[0]).toMatchObject({
    status: 'ok',
    detail: '5.0 MB free',
  })
  await health.recordFailure('full', 'No space left at /secret/path')
  const [full] = await checksOf([storeStateProbe(health)])
  expect(full).toMatchObject({
    status: 'failing',
    detail: 'full, 5.0 MB free',
    action: expect.stringContaining('STORAGE_QUOTA'),
  })
  await health.recordFailure('away', 'S3 PutObject: 403 AccessDenied: check S3_ACCESS_KEY_ID')
  expect((await checksOf([storeStateProbe(health)]))[0]).toMatchObject({
    detail: 'away: S3: 403 AccessDenied: check S3_ACCESS_KEY_ID',
    action: expect.stringContaining('obb store test'),
  })
  await health.recordFailure('away', 'local store: EROFS')
  expect((await checksOf([storeStateProbe(health)]))[0]).toMatchObject({
    detail: 'away: local store: EROFS',
    action: expect.stringContaining('OBB_HOME'),
  })
  await health.recordFailure('wrong', 'marker')
  const [wrong] = await checksOf([storeStateProbe(health)])
  expect(wrong).toMatchObject({ status: 'failing', action: expect.stringContaining('store adopt') })
})

it('tells what the store of this process answers, before anybody else knows of it', async () => {
  await health.recordRecovery()
  const error = new StoreError('UNAVAILABLE', 'S3 HeadBucket: ECONNREFUSED')
  const store = { ping: () => Promise.reject(error) }
  expect((await checksOf([storeProbe(store, health)]))[0]).toMatchObject({
    detail: 'away: S3: ECONNREFUSED',
    action: expect.stringContaining('the S3'),
  })
})
