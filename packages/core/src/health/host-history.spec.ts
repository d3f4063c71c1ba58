import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase, queriesOf } from '../testing/index.js'
import { HISTORY_DAYS, HostHistory } from './index.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOON = Date.UTC(2027, 0, 10, 12, 30)
const clock = new TestClock(NOON)

let db: TestDatabase
let history: HostHistory

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  history = new HostHistory(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set(NOON)
  await db.source.query('TRUNCATE host_outcome')
})

async function record(times: number, outcome: string, speed?: number): Promise<void> {
  for (let time = 0; time < times; time++) await history.record('Sample', outcome, speed)
}

describe('how a platform did', () => {
  it('is told by hour: what succeeded, what failed of which cause, and the median speed to a tenth', async () => {
    await record(3, 'done', 1_000_000)
    await record(4, 'done', 20_000_000)
    await record(2, 'done')
    await record(2, 'upstream_error')
    await record(1, 'host_unavailable')
    clock.advance(HOUR)
    await record(1, 'upstream_error')
    const [first, second, ...others] = await history.periods('hour', 24)
    expect(others).toEqual([])
    expect(first).toEqual({
      ...{ platform: 'Sample', from: new Date(Date.UTC(2027, 0, 10, 12)), succeeded: 9 },
      ...{ failures: { upstream_error: 2, host_unavailable: 1 }, speed: expect.any(Number) },
    })
    expect(Math.abs((first?.speed ?? 0) / 20_000_000 - 1)).toBeLessThan(0.1)
    expect(second).toMatchObject({ succeeded: 0, failures: { upstream_error: 1 }, speed: null })
  })

  it('is told by day of UTC, and no longer than asked for', async () => {
    for (const ago of [0, 1, 13, 24, 25 * 24]) {
      clock.set(NOON - ago * HOUR)
      await record(1, 'done', 1)
    }
    clock.set(NOON)
    const days = await history.periods('day', 2)
    expect(days.map(({ from, succeeded }) => [from.toISOString().slice(0, 10), succeeded])).toEqual([
      ['2027-01-09', 2],
      ['2027-01-10', 2],
    ])
    expect((await history.periods('hour', 24)).length).toBe(3)
    expect((await history.periods('day', 90)).length).toBe(3)
  })

  it('is told of all of a time together, with the median of its fetches, at the cost of one look', async () => {
    await record(1, 'done', 1_000_000)
    await record(1, 'upstream_error')
    clock.advance(2 * HOUR)
    await record(4, 'done', 4_000_000)
    clock.advance(HOUR)
    await record(2, 'done', 1_000_000)
    const told: Awaited<ReturnType<HostHistory['overview']>>[] = []
    expect(await queriesOf(async () => told.push(await history.overview('hour', 24)))).toHaveLength(1)
    const [{ periods, totals } = { periods: [], totals: [] }] = told
    expect(periods).toEqual(await history.periods('hour', 24))
    const [total, ...others] = totals
    expect(others).toEqual([])
    expect(total).toMatchObject({ platform: 'Sample', succeeded: 7, failures: { upstream_error: 1 } })
    expect(Math.abs((total?.speed ?? 0) / 4_000_000 - 1)).toBeLessThan(0.1)
  })

  it('is counted once for each of many that end at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => record(1, 'done', 5_000_000)))
    expect(await history.periods('hour', 1)).toMatchObject([{ succeeded: 20 }])
  })

  it('is forgotten after ninety days, a batch at a time', async () => {
    for (const days of [HISTORY_DAYS - 1, HISTORY_DAYS + 1, HISTORY_DAYS + 2]) {
      clock.set(NOON - days * DAY)
      await record(1, 'done')
    }
    clock.set(NOON)
    expect([await history.forgetOld(1), await history.forgetOld(10), await history.forgetOld(10)]).toEqual([
      1, 1, 0,
    ])
    expect(await db.source.query('SELECT count(*)::int AS left FROM host_outcome')).toEqual([{ left: 1 }])
  })
})
