import { Injectable, Optional } from '@nestjs/common'
import type { HostError } from '@obb/host-adapters'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement, sharedAnswer } from '../statements/index.js'
import type { HostHealth } from './host-health.table.js'

/** Failures of the platform itself in a row that open the circuit. */
export const OPEN_AFTER = 3
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 30 * 60_000
/** How long a probe may take before the next one is let through, ms. */
const PROBE_MS = 60_000
/** Refusals that do not come from the platform. */
const NOT_ASKED = new Set(['BAD_URL', 'FOLDER', 'CONFIG', 'EGRESS_BLOCKED'])
/** Weight of the latest fetch in what is measured. */
const ALPHA = 0.2
/** Bytes of a fetch whose speed counts. */
const LARGE_FILE = 8 * 2 ** 20
/** Speeds that a median is taken of. */
const SPEEDS_KEPT = 15
/** Below this share of fetches that succeed, a platform does not work, whatever it answers. */
const LEAST_SUCCESS = 0.25
/** How long what was measured keeps a platform out of sight, ms: hidden, nothing more of it is measured. */
const MEASURE_HOLDS_MS = 30 * 60_000

const ALL = new Statement<HostHealth>(
  `SELECT platform, failures, open_until AS "openUntil", probe_until AS "probeUntil", success_rate AS "successRate",
          speeds, measured_at AS "measuredAt", canary_at AS "canaryAt", canary_error AS "canaryError",
          last_error AS "lastError", last_error_at AS "lastErrorAt" FROM host_health`,
)

/** Whether a platform may be called now; `probe`: on probation, by this caller alone. `retryAt`: epoch ms. */
export type Passage = { pass: true; probe?: true } | { pass: false; probe?: undefined; retryAt: number }

/**
 * A circuit breaker per platform, shared by all processes. Three failures of the platform in a row open it; it
 * stays open for a time that doubles with each further failure (with jitter, so that fetchers do not come back
 * all at once), then one call at a time is let through until one succeeds.
 */
@Injectable()
export class HostBreaker {
  private readonly everyHealth = sharedAnswer(async () => {
    const rows = await ALL.run(this.database, [])
    return new Map(rows.map((row) => [row.platform, row]))
  })

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Optional() private readonly random: () => number = Math.random,
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
  async recordSuccess(platform: string): Promise<void> {
    await this.database.query(
      `UPDATE host_health SET failures = 0, open_until = NULL, probe_until = NULL
        WHERE platform = $1 AND failures > 0`,
      [platform],
    )
  }

  /** An operator says that the platform works, or has changed how it is reached: it is called at once, and counts as good. */
  async close(platform: string): Promise<void> {
    await this.database.query(
      `UPDATE host_health SET failures = 0, open_until = NULL, probe_until = NULL, success_rate = NULL, measured_at = NULL
        WHERE platform = $1`,
      [platform],
    )
  }

  /**
   * What the error of a call tells of the platform: that it failed, or that it answered, whatever it refused. Where
   * the call never got there, or failed elsewhere, a probe goes to the next one who asks.
   */
  async recordRefusal(platform: string, error: HostError): Promise<void> {
    if (error.elsewhere || NOT_ASKED.has(error.kind)) await this.leave(platform)
    else if (error.scope === 'host') return this.recordFailure(platform, error)
    else await this.recordSuccess(platform)
    await this.recordError(platform, error)
  }

  /** Keeps what went wrong last for operators, unless it is about one file or one request. */
  async recordError(platform: string, { elsewhere, kind, scope }: HostError): Promise<void> {
    if (elsewhere || scope === 'file' || scope === 'request') return
    await this.database.query(
      `INSERT INTO host_health (platform, last_error, last_error_at) VALUES ($1, $2, $3)
       ON CONFLICT (platform) DO UPDATE SET last_error = $2, last_error_at = $3`,
      [platform, kind, dateOf(this.clock)],
    )
  }

  /** The platform itself failed. Failures that were under way when the circuit opened do not count again. */
  async recordFailure(platform: string, error: HostError): Promise<void> {
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

  /**
   * A fetch ended well, with so many bytes in so many ms, or not. A platform counts as good until it proves otherwise.
   */
  async recordFetch(
    platform: string,
    fetch: { succeeded: boolean; bytes?: number; ms?: number },
  ): Promise<void> {
    const { bytes = 0, ms = 0 } = fetch
    const speed = fetch.succeeded ? tellingSpeed(bytes, ms) : undefined
    await this.database.query(
      `INSERT INTO host_health (platform, success_rate, speeds, measured_at) VALUES ($1, 1 - $4::float8 + $2 * $4::float8, $3, $5)
       ON CONFLICT (platform) DO UPDATE
          SET success_rate = coalesce(host_health.success_rate, 1) * (1 - $4::float8) + $2 * $4::float8,
              speeds = ($3::float8[] || host_health.speeds)[1:${SPEEDS_KEPT}], measured_at = $5`,
      [
        platform,
        fetch.succeeded ? 1 : 0,
        speed === undefined ? [] : [Math.round(speed)],
        ALPHA,
        dateOf(this.clock),
      ],
    )
  }

  /** Whether this caller is the one to look for the platform's canary now: once per `intervalMs` among all workers. */
  async claimCanary(platform: string, intervalMs: number): Promise<boolean> {
    const now = this.clock.now()
    const claimed = await this.database.query<unknown[]>(
      `INSERT INTO host_health (platform, canary_at) VALUES ($1, $2)
       ON CONFLICT (platform) DO UPDATE SET canary_at = $2
         WHERE host_health.canary_at IS NULL OR host_health.canary_at <= $3
       RETURNING platform`,
      [platform, new Date(now), new Date(now - intervalMs)],
    )
    return claimed.length === 1
  }

  /** The canary was there (null), or was not: the kind of the error. */
  async recordCanary(platform: string, error: string | null): Promise<void> {
    await this.database.query(
      'UPDATE host_health SET canary_at = $2, canary_error = $3 WHERE platform = $1',
      [platform, dateOf(this.clock), error],
    )
  }

  all(): Promise<ReadonlyMap<string, HostHealth>> {
    return this.everyHealth.ask()
  }
}

/** Bytes per second of a fetch; undefined of small ones, which say how long a host takes to begin, not how fast it is. */
export function tellingSpeed(bytes: number, ms: number): number | undefined {
  return bytes >= LARGE_FILE && ms > 0 ? (bytes * 1000) / ms : undefined
}

/** The median of the speeds measured lately, bytes per second; null before the first. */
export function medianSpeed({ speeds }: Pick<HostHealth, 'speeds'>): number | null {
  return [...speeds].sort((a, b) => a - b)[Math.floor(speeds.length / 2)] ?? null
}

/**
 * What clients see as `currently_working`: the circuit is closed, and of late not nearly every fetch failed, unless
 * the canary was there since. `now`: epoch ms.
 */
export function isWorking(health: HostHealth | undefined, now: number): boolean {
  if (health === undefined) return true
  const { openUntil, successRate, measuredAt, canaryAt, canaryError } = health
  if (openUntil !== null && openUntil.getTime() > now) return false
  if (successRate === null || successRate >= LEAST_SUCCESS || measuredAt === null) return true
  const canaryIsThere = canaryAt !== null && canaryError === null && canaryAt > measuredAt
  return canaryIsThere || measuredAt.getTime() + MEASURE_HOLDS_MS <= now
}

/**
 * Whether who waits for a platform can be told that it works again: it was tried and answered since, or its circuit has
 * been let go for so long that nobody would still call it away. `now`: epoch ms.
 */
export function isBack(health: HostHealth | undefined, now: number): boolean {
  if (health === undefined) return true
  const { failures, openUntil } = health
  const isProven = failures < OPEN_AFTER || (openUntil?.getTime() ?? 0) + MEASURE_HOLDS_MS <= now
  return isProven && isWorking(health, now)
}
