import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { HostError } from '@obb/host-adapters'
import { randomUUID } from 'node:crypto'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { HostBreaker, HostHealth, isWorking, medianSpeed } from './index.js'

const MINUTE = 60_000
const DOWN = new HostError('HOST_DOWN', 'down')

let chance = 0.5 // the middle of the jitter
const clock = new TestClock()
const random = () => chance

let db: TestDatabase
let breaker: HostBreaker
let other: HostBreaker
let platform: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  breaker = new HostBreaker(db.source, clock, random)
  other = new HostBreaker(await db.another(), clock, random)
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  chance = 0.5
  platform = randomUUID()
})

async function health(): Promise<HostHealth> {
  const found = (await breaker.all()).get(platform)
  if (!found) throw new Error('nothing is known of the platform')
  return found
}
async function fail(times: number): Promise<void> {
  for (let failure = 0; failure < times; failure++) await breaker.recordFailure(platform, DOWN)
}
const openFor = async () => ((await health()).openUntil?.getTime() ?? clock.now()) - clock.now()

/** A large file at so many bytes per second. */
const fetched = (speed: number) => ({ succeeded: true, bytes: 1e9, ms: 1e12 / speed })

describe('the circuit of a platform', () => {
  it('is closed for a platform that nobody heard of, and after two failures', async () => {
    expect(await breaker.enter(platform)).toEqual({ pass: true })
    await fail(2)
    expect(await breaker.enter(platform)).toEqual({ pass: true })
    expect(isWorking(await health(), clock.now())).toBe(true)
  })

  it('opens with the third failure in a row, and says until when and why', async () => {
    await fail(3)
    expect(await breaker.enter(platform)).toEqual({ pass: false, retryAt: START + 30_000 })
    const known = await health()
    expect(known).toMatchObject({ failures: 3, lastError: 'HOST_DOWN', lastErrorAt: new Date(START) })
    expect(isWorking(known, clock.now())).toBe(false)
    expect(isWorking(known, START + 30_000)).toBe(true)
  })

  it('counts failures in a row only', async () => {
    await fail(2)
    await breaker.recordSuccess(platform)
    await fail(2)
    expect((await breaker.enter(platform)).pass).toBe(true)
  })

  it('stays open twice as long with each further failure, up to half an hour', async () => {
    await fail(3)
    const pauses = [await openFor()]
    for (let round = 0; round < 30; round++) {
      clock.advance(await openFor())
      await fail(1)
      pauses.push(await openFor())
    }
    const seconds = pauses.map((pause) => pause / 1000)
    expect(seconds.slice(0, 8)).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800])
    expect(seconds.at(-1)).toBe(1800)
  })

  it.each([
    [0, 22_500],
    [1, 37_500],
  ])('spreads its end by a quarter to either side: chance %d → %d ms', async (draw, pause) => {
    chance = draw
    await fail(3)
    expect(await openFor()).toBe(pause)
  })

  it('does not count failures of calls that were under way when it opened', async () => {
    await Promise.all(Array.from({ length: 20 }, () => breaker.recordFailure(platform, DOWN)))
    expect(await health()).toMatchObject({ failures: 3 })
    expect(await openFor()).toBe(30_000)
    await breaker.recordFailure(platform, new HostError('RATE_LIMITED', 'later'))
    expect(await health()).toMatchObject({ failures: 3, lastError: 'RATE_LIMITED' })
  })

  it('lets one probe at a time through when its time is over, in all processes together', async () => {
    await fail(3)
    clock.advance(30_000)
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? breaker : other).enter(platform)),
    )
    expect(asked.filter(({ pass }) => pass)).toEqual([{ pass: true, probe: true }])
    const refused = asked.filter(({ pass }) => !pass)
    expect(refused).toHaveLength(19)
    for (const passage of refused) expect(passage).toEqual({ pass: false, retryAt: clock.now() + MINUTE })
    clock.advance(MINUTE) // nothing was heard of the probe
    expect(await other.enter(platform)).toEqual({ pass: true, probe: true })
  })

  it('has a probe that was not used for the next one', async () => {
    await fail(3)
    clock.advance(30_000)
    await breaker.enter(platform)
    await breaker.leave(platform)
    expect(await other.enter(platform)).toEqual({ pass: true, probe: true })
  })

  it('opens again with the failure of the probe, and the next one has to wait', async () => {
    await fail(3)
    clock.advance(30_000)
    await breaker.enter(platform)
    await breaker.recordFailure(platform, DOWN)
    expect(await other.enter(platform)).toEqual({ pass: false, retryAt: clock.now() + MINUTE })
    clock.advance(MINUTE)
    expect((await other.enter(platform)).pass).toBe(true)
  })

  it('closes with an answer, for all processes', async () => {
    await fail(5)
    clock.advance(60 * MINUTE)
    await breaker.enter(platform)
    await breaker.recordSuccess(platform)
    expect(await other.enter(platform)).toEqual({ pass: true })
    expect(await health()).toMatchObject({ failures: 0, openUntil: null, probeUntil: null })
    await fail(3)
    expect(await openFor()).toBe(30_000) // it begins with the first pause again
  })

  it.each([
    ['FILE_GONE', 'closed'],
    ['ACCOUNT_QUOTA', 'closed'],
    ['UNEXPECTED', 'closed'],
    ['EGRESS_BLOCKED', 'for the next probe'],
    ['CONFIG', 'for the next probe'],
    ['HOST_TEMP', 'open'],
  ] as const)('is after a probe that ended in %s: %s', async (kind, end) => {
    await fail(3)
    clock.advance(30_000)
    await breaker.enter(platform)
    await breaker.recordRefusal(platform, new HostError(kind, 'refused'))
    const next = await other.enter(platform)
    expect(next.pass ? (next.probe ? 'for the next probe' : 'closed') : 'open').toBe(end)
  })

  it('is not moved by an address that a user chose', async () => {
    const elsewhere = (kind: 'HOST_TEMP' | 'FILE_GONE') => new HostError(kind, 'refused', { elsewhere: true })
    for (let failure = 0; failure < 5; failure++)
      await breaker.recordRefusal(platform, elsewhere('HOST_TEMP'))
    expect(await breaker.enter(platform)).toEqual({ pass: true })
    await fail(3)
    await breaker.recordRefusal(platform, elsewhere('FILE_GONE'))
    expect((await breaker.enter(platform)).pass).toBe(false)
  })

  it('keeps the last error that is not about one file or request, whoever is to blame', async () => {
    const last = async () => (await breaker.all()).get(platform)?.lastError
    for (const [kind, expected] of [
      ['FILE_GONE', undefined],
      ['UNEXPECTED', 'UNEXPECTED'],
      ['FILE_PASSWORD_WRONG', 'UNEXPECTED'],
      ['HOST_DOWN', 'HOST_DOWN'],
      ['ACCOUNT_QUOTA', 'ACCOUNT_QUOTA'],
    ] as const) {
      await breaker.recordRefusal(platform, new HostError(kind, 'refused'))
      expect(await last()).toBe(expected)
    }
    await breaker.recordError(platform, new HostError('CORRUPT', 'wrong bytes'))
    await breaker.recordError(platform, new HostError('HOST_TEMP', 'refused', { elsewhere: true }))
    expect(await last()).toBe('CORRUPT')
    expect((await breaker.enter(platform)).pass).toBe(true)
  })

  it('of one platform says nothing of another', async () => {
    await fail(3)
    expect((await breaker.enter(randomUUID())).pass).toBe(true)
  })

  it('works for a platform whose health nobody recorded', () => {
    expect(isWorking(undefined, START)).toBe(true)
  })
})

describe('what was measured of a platform', () => {
  const row = (more: Partial<HostHealth>) =>
    Object.assign(new HostHealth(), { openUntil: null, canaryAt: null, canaryError: null, speeds: [] }, more)

  it('hides one whose fetches nearly all failed of late, until its canary is there or it was hidden long enough', () => {
    const failing = { successRate: 0.2, measuredAt: new Date(START) }
    expect(isWorking(row(failing), START)).toBe(false)
    expect(isWorking(row({ ...failing, successRate: 0.25 }), START)).toBe(true)
    expect(isWorking(row(failing), START + 30 * MINUTE)).toBe(true)
    const canaryAt = new Date(START + 1)
    expect(isWorking(row({ ...failing, canaryAt }), START + 2)).toBe(true)
    expect(isWorking(row({ ...failing, canaryAt, canaryError: 'FILE_GONE' }), START + 2)).toBe(false)
    expect(isWorking(row({ canaryAt, openUntil: new Date(START + 3) }), START + 2)).toBe(false)
  })

  it('has a canary that one worker looks for at a time, and what became of it', async () => {
    const claims = () =>
      Promise.all(
        Array.from({ length: 9 }, (_, index) => (index % 2 ? breaker : other).claimCanary(platform, MINUTE)),
      )
    expect((await claims()).filter(Boolean)).toHaveLength(1)
    await breaker.recordCanary(platform, 'HOST_DOWN')
    expect(await health()).toMatchObject({ canaryAt: new Date(clock.now()), canaryError: 'HOST_DOWN' })
    clock.advance(MINUTE - 1)
    expect((await claims()).filter(Boolean)).toHaveLength(0)
    clock.advance(1)
    expect((await claims()).filter(Boolean)).toHaveLength(1)
    await breaker.recordCanary(platform, null)
    expect(await health()).toMatchObject({ canaryError: null })
  })

  it('leans towards the latest fetches, and takes a speed from those that succeeded', async () => {
    await breaker.recordFetch(platform, fetched(1000.4))
    expect(await health()).toMatchObject({
      successRate: 1,
      speeds: [1000],
      measuredAt: new Date(clock.now()),
    })
    await breaker.recordFetch(platform, { succeeded: false })
    expect(await health()).toMatchObject({ successRate: 0.8, speeds: [1000] })
    await breaker.recordFetch(platform, fetched(2000))
    const known = await health()
    expect(known.successRate).toBeCloseTo(0.84)
    expect(known.speeds).toEqual([2000, 1000])
  })

  it('takes no speed from small files, which tell how long a host takes to begin', async () => {
    await breaker.recordFetch(platform, { succeeded: true, bytes: 4096, ms: 1_200 })
    await breaker.recordFetch(platform, { succeeded: true, bytes: 2 ** 20, ms: 900 })
    expect(await health()).toMatchObject({ successRate: 1, speeds: [] })
    await breaker.recordFetch(platform, { succeeded: true, bytes: 250e6, ms: 10_000 })
    expect(medianSpeed(await health())).toBe(25e6)
  })

  it('has no speed until a fetch succeeded', async () => {
    await breaker.recordFetch(platform, { succeeded: false })
    expect(await health()).toMatchObject({ successRate: 0.8, speeds: [] })
    expect(medianSpeed(await health())).toBeNull()
    await breaker.recordFetch(platform, fetched(5))
    expect(medianSpeed(await health())).toBe(5)
  })

  it('has the median of the latest speeds, which one outlier does not move', async () => {
    for (let speed = 1; speed <= 20; speed++) await breaker.recordFetch(platform, fetched(speed))
    await breaker.recordFetch(platform, fetched(1_000_000))
    expect((await health()).speeds).toHaveLength(15)
    expect(medianSpeed(await health())).toBe(14)
  })

  it('does not touch the circuit', async () => {
    await fail(3)
    await breaker.recordFetch(platform, fetched(5))
    expect((await breaker.enter(platform)).pass).toBe(false)
  })
})
