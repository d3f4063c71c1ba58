import type { DataSource } from 'typeorm'
import type { Clock } from './clock.js'

/** Between two looks at PostgreSQL's clock, ms: a machine that slept, or a database that moved, is wrong for as long. */
const MEASURE_EVERY_MS = 5_000
/** How far this machine's own clock may be off before it is told, ms. */
const TOLERATED_MS = 2_000

/** Who is told of a machine whose clock is wrong. */
export interface ClockLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** ClockSources are what a DatabaseClock is made of, so that tests can take its parts. */
export interface ClockSources {
  /** Epoch ms on PostgreSQL's clock. */
  databaseTime(): Promise<number>
  /** ms since whenever, in one direction. */
  monotonic(): number
  /** Epoch ms on this machine's own clock. */
  ownTime(): number
}

/**
 * PostgreSQL's clock, which all processes share: leases, due times and "alive" are compared with rows that others
 * wrote. Between two measurements it goes by the machine's monotonic clock, so that one whose wall clock is wrong, or
 * is set, takes no part in that.
 *
 * A measurement says that the time lay within its round trip, and no more. So it moves this clock as little as it must:
 * a slow answer changes nothing, quick ones make it exact, and no filter is needed.
 */
export class DatabaseClock implements Clock {
  /** Epoch ms of the monotonic clock's zero; undefined before the first measurement. */
  private zero: number | undefined
  private measuring: Promise<void> | undefined
  private isOwnClockOff = false

  constructor(
    private readonly sources: ClockSources,
    private readonly log: ClockLog,
  ) {}

  /** Measurements, and measured again for as long as the database is open. Raises what the first query raises. */
  static async start(database: DataSource, log: ClockLog): Promise<DatabaseClock> {
    const clock = new DatabaseClock(sourcesOf(database), log)
    await clock.measure() // opens a connection, mostly
    await clock.measure()
    const timer = setInterval(() => {
      if (!database.isInitialized) return clearInterval(timer)
      clock.measure().catch(() => undefined) // it goes on as it went
    }, MEASURE_EVERY_MS)
    timer.unref()
    return clock
  }

  now(): number {
    if (this.zero === undefined) throw new Error('the database was not asked for its time yet')
    return Math.round(this.zero + this.sources.monotonic())
  }

  /** Asks PostgreSQL; who asks meanwhile waits for the same answer. */
  measure(): Promise<void> {
    return (this.measuring ??= this.measureNow().finally(() => (this.measuring = undefined)))
  }

  private async measureNow(): Promise<void> {
    const { monotonic, ownTime, databaseTime } = this.sources
    const asked = monotonic()
    const time = await databaseTime()
    const answered = monotonic()
    const [earliest, latest] = [time - answered, time - asked]
    this.zero = clamp(this.zero ?? (earliest + latest) / 2, earliest, latest)
    const own = ownTime() - answered
    this.judge(own - clamp(own, earliest, latest))
  }

  /** `offMs`: how far the machine's own clock is ahead at least; negative is behind. */
  private judge(offMs: number): void {
    const isOff = Math.abs(offMs) > TOLERATED_MS
    if (isOff === this.isOwnClockOff) return
    this.isOwnClockOff = isOff
    if (!isOff) {
      this.log.info({ offMs: Math.round(offMs) }, "the clock of this machine agrees with PostgreSQL's again")
      return
    }
    const where = offMs > 0 ? 'ahead of' : 'behind'
    this.log.warn(
      { offMs: Math.round(offMs) },
      `the clock of this machine is ${(Math.abs(offMs) / 1000).toFixed(1)} s ${where} PostgreSQL's: leases and due times go ` +
        'by PostgreSQL, but logs, TLS and S3 signatures go by this one; have NTP keep both (timedatectl set-ntp true)',
    )
  }
}

function sourcesOf(database: DataSource): ClockSources {
  return {
    databaseTime: async () => {
      const [row] = await database.query<[{ ms: number }]>(
        'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
      )
      return row.ms
    },
    monotonic: () => performance.now(),
    ownTime: () => Date.now(),
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
