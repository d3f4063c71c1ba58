import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Days of which it is kept how platforms did. */
export const HISTORY_DAYS = 90
/** Classes of speed per doubling: a median is told to a fourteenth. */
const CLASSES = 5
const NO_SPEED = -1

/** One hour or day of a platform. */
export interface HostPeriod {
  platform: string
  from: Date
  succeeded: number
  /** By the cause that links were told. */
  failures: Record<string, number>
  /** Median of those that succeeded and tell something of it, bytes per second. */
  speed: number | null
}

interface Row {
  platform: string
  from: Date
  outcome: string
  speedClass: number
  count: number
}

const ROWS = new Statement<Row>(`
  SELECT platform, date_trunc($2::text, hour, 'UTC') AS "from", outcome, speed_class AS "speedClass",
         sum(count)::int AS count
    FROM host_outcome WHERE hour >= $1::timestamptz
   GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4`)

/** How platforms did over time: counted where fetches end, so reading it costs no fetch and no link. */
@Injectable()
export class HostHistory {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A fetch ended: `done`, or for a cause. `speed`: bytes per second, where it tells something. */
  async record(platform: string, outcome: string, speed?: number): Promise<void> {
    await this.database.query(
      `INSERT INTO host_outcome AS o (platform, hour, outcome, speed_class, count)
       VALUES ($1, date_trunc('hour', $2::timestamptz, 'UTC'), $3, $4, 1)
       ON CONFLICT (platform, hour, outcome, speed_class) DO UPDATE SET count = o.count + 1`,
      [platform, dateOf(this.clock), outcome, speed === undefined ? NO_SPEED : classOf(speed)],
    )
  }

  /** By platform and time: the last 24 hours, with the present one, or as many days of UTC, with today. */
  async periods(by: 'hour' | 'day', count: number): Promise<HostPeriod[]> {
    return (await this.overview(by, count)).periods
  }

  /** The same, and by platform over all of that time, whose first hour or day with a fetch `from` is. One statement. */
  async overview(
    by: 'hour' | 'day',
    count: number,
  ): Promise<{ periods: HostPeriod[]; totals: HostPeriod[] }> {
    const rows = await this.rows(by, count)
    return {
      periods: together(rows, ({ platform, from }) => `${from.getTime()} ${platform}`),
      totals: together(rows, ({ platform }) => platform),
    }
  }

  private rows(by: 'hour' | 'day', count: number): Promise<Row[]> {
    const ms = by === 'hour' ? HOUR_MS : DAY_MS
    const since = new Date((Math.floor(this.clock.now() / ms) - count + 1) * ms)
    return ROWS.run(this.database, [since, by])
  }

  /** Forgets what is older than HISTORY_DAYS, at most `limit` rows. How many they were. */
  async forgetOld(limit: number): Promise<number> {
    const [, forgotten] = await this.database.query<[unknown[], number]>(
      `DELETE FROM host_outcome WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM host_outcome WHERE hour < $1 ORDER BY hour LIMIT $2 FOR UPDATE SKIP LOCKED))`,
      [new Date(this.clock.now() - HISTORY_DAYS * DAY_MS), limit],
    )
    return forgotten
  }
}

/** Rows that have the same key are one period. */
function together(rows: readonly Row[], keyOf: (row: Row) => string): HostPeriod[] {
  const periods = new Map<string, Row[]>()
  for (const row of rows) {
    const known = periods.get(keyOf(row))
    if (known) known.push(row)
    else periods.set(keyOf(row), [row])
  }
  return [...periods.values()].map(periodOf)
}

/** Of the rows of one platform, the earliest first. */
function periodOf(rows: Row[]): HostPeriod {
  const [{ platform, from } = { platform: '', from: new Date(0) }] = rows
  const done = rows.filter(({ outcome }) => outcome === 'done')
  const failures: Record<string, number> = {}
  for (const { outcome, count } of rows)
    if (outcome !== 'done') failures[outcome] = (failures[outcome] ?? 0) + count
  return { platform, from, succeeded: total(done), failures, speed: medianOf(done) }
}

function medianOf(done: readonly Row[]): number | null {
  const measured = done
    .filter(({ speedClass }) => speedClass !== NO_SPEED)
    .sort((a, b) => a.speedClass - b.speedClass)
  let before = Math.floor(total(measured) / 2)
  const middle = measured.find(({ count }) => (before -= count) < 0)
  return middle ? Math.max(1, Math.round(2 ** (middle.speedClass / CLASSES))) : null
}

const total = (rows: readonly Row[]) => rows.reduce((sum, { count }) => sum + count, 0)

const classOf = (speed: number) => Math.max(0, Math.round(CLASSES * Math.log2(Math.max(1, speed))))
