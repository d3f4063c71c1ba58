import type { HostError } from '@obb/host-adapters'
import type { DataSource, EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { HostHealth } from './host-health.table.js'

/** Failures of the platform itself in a row that open the circuit. */
export const OPEN_AFTER = 3
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 30 * 60_000
/** How long a probe may take before the next one is let through, ms. */
const PROBE_MS = 60_000
/** Refusals that do not come from the platform. */
const NOT_ASKED = new Set(['BAD_URL', 'CONFIG', 'EGRESS_BLOCKED'])
/** Weight of the latest fetch in what is measured. */
const ALPHA = 0.2

/** Whether a platform may be called now; `probe`: on probation, by this caller alone. `retryAt`: epoch ms. */
export type Passage = { pass: true; probe?: true } | { pass: false; probe?: undefined; retryAt: number }

/**
 * A circuit breaker per platform, shared by all processes. Three failures of the platform in a row open it; it
 * stays open for a time that doubles with each further failure (with jitter, so that fetchers do not come back
 * all at once), then one call at a time is let through until one succeeds.
 */
export class HostBreaker {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Asks for passage; while the platform is on probation the one that gets it is the probe. */
  async enter(platform: string, runner: Pick<EntityManager, 'query'> = this.database): Promise<Passage> {
    const now = this.clock.now()
    const [health] = await runner.query<Pick<HostHealth, 'failures' | 'openUntil' | 'probeUntil'>[]>(
      `SELECT failures, open_until AS "openUntil", probe_until AS "probeUntil" FROM host_health WHERE platform = $1`,
      [platform],
    )
    if (!health || health.failures < OPEN_AFTER) return { pass: true }
    // All conditions once more: the circuit may have opened again since it was read.
    const [, taken] = await runner.query<[unknown[], number]>(
      `UPDATE host_health SET probe_until = $2
        WHERE platform = $1 AND failures >= $4 AND (open_until IS NULL OR open_until <= $3)
          AND (probe_until IS NULL OR probe_until <= $3)`,
      [platform, new Date(now + PROBE_MS), new Date(now), OPEN_AFTER],
    )
    if (taken === 1) return { pass: true, probe: true }
    const back = Math.max(health.openUntil?.getTime() ?? 0, health.probeUntil?.getTime() ?? 0)
    return { pass: false, retryAt: back > now ? back : now + PROBE_MS }
  }

  /** Gives back a probe that `enter` gave and that was not used. */
  async leave(platform: string, runner: Pick<EntityManager, 'query'> = this.database): Promise<void> {
    await runner.query('UPDATE host_health SET probe_until = NULL WHERE platform = $1', [platform])
  }

  /** Until when (epoch ms) the circuit is open, without asking for passage; undefined if calls get through. */
  async openUntil(
    platform: string,
    runner: Pick<EntityManager, 'query'> = this.database,
  ): Promise<number | undefined> {
    const [open] = await runner.query<{ until: Date }[]>(
      'SELECT open_until AS until FROM host_health WHERE platform = $1 AND open_until > $2',
      [platform, dateOf(this.clock)],
    )
    return open?.until.getTime()
  }

  /** The platform answered, whatever it said about the file or the account. */
  async answered(platform: string): Promise<void> {
    await this.database.query(
      `UPDATE host_health SET failures = 0, open_until = NULL, probe_until = NULL
        WHERE platform = $1 AND failures > 0`,
      [platform],
    )
  }

  /**
   * What the error of a call tells of the platform: that it failed, or that it answered, whatever it refused. Where
   * the call never got there, a probe goes to the next one who asks.
   */
  async refused(platform: string, error: HostError): Promise<void> {
    if (error.scope === 'host') await this.failed(platform, error)
    else if (NOT_ASKED.has(error.kind)) await this.leave(platform)
    else await this.answered(platform)
  }

  /** The platform itself failed. Failures that were under way when the circuit opened do not count again. */
  async failed(platform: string, error: HostError): Promise<void> {
    const now = this.clock.now()
    const jitter = 0.75 + this.random() / 2
    await this.database.query(
      `INSERT INTO host_health (platform, failures, last_error, last_error_at) VALUES ($1, 1, $2, $3)
       ON CONFLICT (platform) DO UPDATE
          SET last_error = $2, last_error_at = $3, probe_until = NULL,
              failures = host_health.failures + CASE WHEN host_health.open_until > $3 THEN 0 ELSE 1 END,
              open_until = CASE
                WHEN host_health.open_until > $3 THEN host_health.open_until
                WHEN host_health.failures + 1 >= $4 THEN $3::timestamptz + interval '1 millisecond' * $7::float8
                     * least($5::float8, $6::float8 * power(2, least(20, host_health.failures + 1 - $4)))
              END`,
      [platform, error.kind, new Date(now), OPEN_AFTER, LONGEST_PAUSE_MS, FIRST_PAUSE_MS, jitter],
    )
  }

  /** A fetch ended well, at so many bytes per second, or not. */
  async measured(platform: string, fetch: { succeeded: boolean; speed?: number }): Promise<void> {
    await this.database.query(
      `INSERT INTO host_health (platform, success_rate, speed) VALUES ($1, $2, $3)
       ON CONFLICT (platform) DO UPDATE
          SET success_rate = coalesce(host_health.success_rate * (1 - $4::float8) + $2 * $4::float8, $2),
              speed = coalesce(host_health.speed * (1 - $4::float8) + $3::float8 * $4::float8, host_health.speed, $3)`,
      [platform, fetch.succeeded ? 1 : 0, fetch.speed === undefined ? null : Math.round(fetch.speed), ALPHA],
    )
  }

  async all(): Promise<Map<string, HostHealth>> {
    const rows = await this.database.manager.find(HostHealth)
    return new Map(rows.map((row) => [row.platform, row]))
  }
}

/** Whether the circuit is closed: what clients see as `currently_working`. */
export function isWorking(health: HostHealth | undefined, now: number): boolean {
  return health === undefined || health.openUntil === null || health.openUntil.getTime() <= now
}
