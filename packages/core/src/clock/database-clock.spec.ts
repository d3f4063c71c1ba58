import { describe, expect, it } from '@jest/globals'
import { dataSource } from '../database/index.js'
import { createTestDatabase } from '../testing/index.js'
import { type ClockSources, DatabaseClock } from './index.js'

const START = Date.parse('2026-03-01T12:00:00Z')

/** A machine, a PostgreSQL and the way between them. */
class World {
  /** ms that passed. */
  elapsed = 0
  /** ms that the machine's own clock is ahead of PostgreSQL's. */
  ownAhead = 0
  databaseAhead = 0
  /** ms on the way to PostgreSQL and back. */
  there = 0
  back = 0
  readonly lines: { level: string; message: string }[] = []

  readonly sources: ClockSources = {
    monotonic: () => 1_000 + this.elapsed,
    ownTime: () => this.truth + this.ownAhead,
    databaseTime: async () => {
      this.elapsed += this.there
      const time = this.truth
      await Promise.resolve()
      this.elapsed += this.back
      return time
    },
  }

  readonly clock = new DatabaseClock(this.sources, {
    info: (_fields: object, message: string) => void this.lines.push({ level: 'info', message }),
    warn: (_fields: object, message: string) => void this.lines.push({ level: 'warn', message }),
  })

  get truth(): number {
    return START + this.elapsed + this.databaseAhead
  }

  /** How far the clock is off, ms. */
  get error(): number {
    return this.clock.now() - this.truth
  }
}

describe('the clock of the database', () => {
  it.each([-3_600_000, -25_000, 0, 60_000])(
    'is PostgreSQL’s on a machine whose own clock is %d ms ahead',
    async (ownAhead) => {
      const world = new World()
      world.ownAhead = ownAhead
      await world.clock.measure()
      expect(world.error).toBe(0)
      world.elapsed += 4_000
      world.ownAhead += 90_000 // it is set meanwhile
      expect(world.error).toBe(0)
    },
  )

  it('is off by half of the quickest round trip at most, however slow others are', async () => {
    const world = new World()
    world.there = 400
    await world.clock.measure()
    expect(Math.abs(world.error)).toBeLessThanOrEqual(200)
    world.there = world.back = 3
    await world.clock.measure()
    expect(Math.abs(world.error)).toBeLessThanOrEqual(6)
    const before = Math.abs(world.error)
    for (const [there, back] of [
      [2_000, 0],
      [0, 2_000],
      [9_000, 9_000],
    ] as const) {
      Object.assign(world, { there, back })
      await world.clock.measure()
      expect(Math.abs(world.error)).toBeLessThanOrEqual(before)
    }
  })

  it('follows a PostgreSQL whose clock is set, or another one that took over', async () => {
    const world = new World()
    await world.clock.measure()
    for (const jump of [45_000, -80_000]) {
      world.databaseAhead += jump
      expect(world.error).toBe(-jump)
      await world.clock.measure()
      expect(world.error).toBe(0)
    }
  })

  it('goes on while the database is away', async () => {
    const world = new World()
    await world.clock.measure()
    const { databaseTime } = world.sources
    world.sources.databaseTime = () => Promise.reject(new Error('away'))
    await expect(world.clock.measure()).rejects.toThrow('away')
    world.elapsed += 60_000
    expect(world.error).toBe(0)
    world.sources.databaseTime = databaseTime
    await world.clock.measure()
    expect(world.error).toBe(0)
  })

  it('says what to do where the machine’s own clock is off by more than two seconds, once, and when it is right', async () => {
    const world = new World()
    world.ownAhead = 1_900
    await world.clock.measure()
    expect(world.lines).toEqual([])
    world.ownAhead = -25_000
    await world.clock.measure()
    await world.clock.measure()
    expect(world.lines).toEqual([
      { level: 'warn', message: expect.stringMatching(/25\.0 s behind PostgreSQL.*NTP/) },
    ])
    world.ownAhead = 0
    await world.clock.measure()
    world.ownAhead = 60_000
    await world.clock.measure()
    expect(world.lines.slice(1)).toEqual([
      { level: 'info', message: expect.stringContaining('agrees') },
      { level: 'warn', message: expect.stringContaining('60.0 s ahead of') },
    ])
  })

  it('does not take a slow answer for a wrong clock', async () => {
    const world = new World()
    world.back = 8_000
    await world.clock.measure()
    expect(world.lines).toEqual([])
  })

  it('refuses to tell a time before it was measured', () => {
    expect(() => new World().clock.now()).toThrow()
  })

  it('is read from a real PostgreSQL', async () => {
    const postgres = await createTestDatabase()
    const database = await dataSource(postgres.url).initialize()
    try {
      const clock = await DatabaseClock.start(database, { info: () => undefined, warn: () => undefined })
      const before = clock.now()
      const [{ ms }] = await database.query(
        'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
      )
      const after = clock.now()
      // Both ends are known to half of a round trip, which is no longer than the one measured here and in the start.
      expect(ms).toBeGreaterThan(before - 5_000)
      expect(ms).toBeLessThan(after + 5_000)
    } finally {
      await database.destroy()
      await postgres.drop()
    }
  })
})
