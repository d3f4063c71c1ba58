import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { openLog } from '../log/index.js'
import { TestDatabase } from '../testing/index.js'
import { AuditLog, AuthFailures, changesBetween } from './index.js'

const MINUTE = 60_000
const log = openLog('test', 'silent')
const clock = new TestClock(Date.UTC(2026, 10, 29, 12))
const failure = { who: 'key 1', address: '192.0.2.1', action: 'GET /account' }

let db: TestDatabase
let database: DataSource
let audit: AuditLog

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  audit = new AuditLog(database, clock, log)
})
beforeEach(() => database.query('DELETE FROM audit_entry'))
afterAll(() => db.close())

const rows = () =>
  database.query<{ who: string; address: string; count: number; at: Date }[]>(
    'SELECT who, address, count, at FROM audit_entry ORDER BY id',
  )

describe('attempts that failed', () => {
  it('of one address, route and minute are one row, whichever process counted them', async () => {
    const processes = [0, 1].map(() => new AuthFailures(database, clock, log))
    for (const each of processes) for (let n = 0; n < 50; n++) each.count(failure)
    await Promise.all(processes.map((each) => each.flush()))
    for (const each of processes) each.count(failure)
    await Promise.all(processes.map((each) => each.flush()))
    const { who, address } = failure
    expect(await rows()).toEqual([{ who, address, count: 102, at: new Date(clock.now()) }])
    clock.advance(MINUTE)
    processes[0]?.count(failure)
    await processes[0]?.flush()
    expect((await rows()).map(({ count }) => count)).toEqual([102, 1])
  })

  it('with several keys name the first, and that there were others', async () => {
    const [one, other] = [new AuthFailures(database, clock, log), new AuthFailures(database, clock, log)]
    for (const who of ['key 1', 'key 2', 'key 3']) one.count({ ...failure, who })
    await one.flush()
    other.count({ ...failure, who: 'key 4' })
    await other.flush()
    expect(await rows()).toEqual([expect.objectContaining({ who: 'key 1 and others', count: 4 })])
  })

  it('make a hundred rows a minute at most, and none is uncounted', async () => {
    const failures = new AuthFailures(database, clock, log)
    for (let n = 0; n < 1_000; n++) {
      failures.count({ ...failure, address: `198.51.100.${n}` })
      failures.count(failure)
    }
    await failures.flush()
    const found = await rows()
    expect(found).toHaveLength(101)
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(2_000)
    expect(found.find(({ address }) => address === failure.address)?.count).toBe(1_000)
    expect(found.find(({ address }) => address === 'others')?.count).toBe(901)
  })

  it('are kept while the database is away, for two minutes', async () => {
    let isAway = true
    const flaky = {
      query: (sql: string, values: unknown[]) =>
        isAway ? Promise.reject(new Error('away')) : database.query(sql, values),
    } as unknown as DataSource
    const failures = new AuthFailures(flaky, clock, log)
    failures.count(failure)
    await failures.flush()
    failures.count(failure)
    await failures.flush()
    isAway = false
    await failures.flush()
    expect((await rows()).map(({ count }) => count)).toEqual([2])
    isAway = true
    clock.advance(MINUTE)
    failures.count(failure)
    await failures.flush()
    for (let minute = 0; minute < 2; minute++) {
      clock.advance(MINUTE)
      failures.count(failure)
      await failures.flush()
    }
    isAway = false
    await failures.flush()
    expect((await rows()).map(({ count }) => count)).toEqual([2, 1, 1])
  })
})

describe('the audit log', () => {
  it('forgets what is older than it is told, and of attempts the oldest beyond a hundred thousand', async () => {
    await audit.begin({ who: 'token 1', address: '192.0.2.1', action: 'PATCH /users', target: 'a' })
    await database.query(
      `INSERT INTO audit_entry (at, kind, who, address, action)
       SELECT $1::timestamptz, 'auth_failure', 'key', 'a' || n, 'GET /' FROM generate_series(1, 100003) n`,
      [new Date(clock.now())],
    )
    await audit.forgetOld(MINUTE)
    const [kept] = await database.query<[{ all: number; oldest: string; changes: number }]>(
      `SELECT count(*) AS all, (array_agg(address ORDER BY id) FILTER (WHERE kind = 'auth_failure'))[1] AS oldest,
              count(*) FILTER (WHERE kind = 'change') AS changes FROM audit_entry`,
    )
    expect(kept).toEqual({ all: 100_001, oldest: 'a4', changes: 1 })
    clock.advance(MINUTE + 1)
    await audit.forgetOld(MINUTE)
    expect(await rows()).toEqual([])
  })
})

describe('changes', () => {
  it('are the fields that differ, also where there was nothing before or is nothing after', () => {
    expect(changesBetween({ a: 1, b: [1], c: { d: 1 } }, { a: 2, b: [1], c: { d: 1 } })).toEqual({
      a: [1, 2],
    })
    expect(changesBetween(null, { a: 1, b: null })).toEqual({ a: [null, 1] })
    expect(changesBetween({ a: 1 }, null)).toEqual({ a: [1, null] })
    expect(changesBetween(null, null)).toEqual({})
  })
})
