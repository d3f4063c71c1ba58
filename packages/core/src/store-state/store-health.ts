import { Injectable, Optional } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import type { StoreHealthRow, StoreTrouble } from './store-health.table.js'

const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 300_000
/** A probe that was not heard of for so long is given up, ms. */
const PROBE_MS = 60_000

/** A full store that has so much more room is tried at once, bytes. */
const WORTH_A_TRY = 8 * 1024 * 1024

export type StoreState = Pick<StoreHealthRow, 'trouble' | 'reason' | 'since' | 'retryAt' | 'room' | 'lacking'>

/** Where the store is, and what is known of it beside its state. */
export type StorePlace = Pick<StoreHealthRow, 'place' | 'quota' | 'testedAt'>

/** In one word. */
export function stateWord({ trouble, lacking }: StoreState): 'ok' | StoreTrouble {
  return trouble ?? (lacking === null ? 'ok' : 'full')
}

/**
 * Whether the store takes new files: a circuit breaker over all processes. Whoever notices that it does not writes it
 * here; nothing is fetched then, and from `retryAt` on one fetcher at a time tries it, at intervals that double until a
 * file is stored again.
 */
@Injectable()
export class StoreHealth {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Optional() private readonly random: () => number = Math.random,
  ) {}

  async state(runner: Pick<EntityManager, 'query'> = this.database): Promise<StoreState> {
    const [state] = await runner.query<StoreState[]>(
      `SELECT trouble, reason, since, retry_at AS "retryAt", room, lacking FROM store_health`,
    )
    return state ?? { trouble: null, reason: null, since: null, retryAt: null, room: null, lacking: null }
  }

  /** True if it begins with this. What was under way when it was noticed does not count again. */
  async recordFailure(trouble: StoreTrouble, reason: string): Promise<boolean> {
    const jitter = 0.75 + this.random() / 4
    const [[before]] = await this.database.query<[{ trouble: StoreTrouble | null }[], number]>(
      `UPDATE store_health AS now
          SET trouble = $1, reason = $2, probe_until = NULL,
              since = CASE WHEN before.trouble IS NULL THEN $3::timestamptz ELSE before.since END,
              failures = before.failures + CASE WHEN before.waits THEN 0 ELSE 1 END,
              retry_at = CASE WHEN before.waits THEN before.retry_at
                ELSE $3::timestamptz + interval '1 millisecond' * $6::float8
                     * least($4::float8, $5::float8 * power(2, least(20, before.failures))) END
         FROM (SELECT *, trouble IS NOT NULL AND retry_at > $3 AS waits FROM store_health FOR UPDATE) before
        RETURNING before.trouble`,
      [trouble, reason, dateOf(this.clock), LONGEST_PAUSE_MS, FIRST_PAUSE_MS, jitter],
    )
    return before !== undefined && before.trouble !== trouble
  }

  /** The trouble, for the one caller whose turn it is to try the store now. */
  async enterProbe(): Promise<StoreTrouble | undefined> {
    const now = this.clock.now()
    const [[entered]] = await this.database.query<[{ trouble: StoreTrouble }[], number]>(
      `UPDATE store_health SET probe_until = $2
        WHERE trouble IS NOT NULL AND retry_at <= $1 AND (probe_until IS NULL OR probe_until <= $1)
        RETURNING trouble`,
      [new Date(now), new Date(now + PROBE_MS)],
    )
    return entered?.trouble
  }

  /** It can be used again, but for what is said to go on. True if it could not before. */
  async recordRecovery(but?: StoreTrouble): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      `UPDATE store_health SET trouble = NULL, reason = NULL, since = NULL, retry_at = NULL, probe_until = NULL
        WHERE trouble <> coalesce($1, '')`,
      [but ?? null],
    )
    return changed === 1
  }

  /** Null: no fetcher has told yet. */
  async place(): Promise<StorePlace> {
    const [row] = await this.database.query<StorePlace[]>(
      'SELECT place, quota, tested_at AS "testedAt" FROM store_health',
    )
    return row ?? { place: null, quota: null, testedAt: null }
  }

  /** What a fetcher knows by its settings. */
  async recordPlace({ place, quota }: Pick<StorePlace, 'place' | 'quota'>): Promise<void> {
    await this.database.query(
      `UPDATE store_health SET place = $1::text, quota = $2::bigint
        WHERE place IS DISTINCT FROM $1::text OR quota IS DISTINCT FROM $2::bigint`,
      [place, quota],
    )
  }

  /** Somebody wants a fetcher to try the store; who wants that at the same time waits for the same one. */
  async requestTest(): Promise<void> {
    await this.database.query('UPDATE store_health SET test_requested_at = coalesce(test_requested_at, $1)', [
      dateOf(this.clock),
    ])
  }

  /** Whether nobody waits for a test any more. */
  async isTested(): Promise<boolean> {
    return (await this.requestedTest()) === null
  }

  /** Tries the store by `probe` if somebody waits for that. What it finds is recorded by it. */
  async runTest(probe: () => Promise<void>): Promise<void> {
    const requested = await this.requestedTest()
    if (requested === null) return
    await probe()
    await this.database.query(
      'UPDATE store_health SET tested_at = $1, test_requested_at = NULL WHERE test_requested_at IS NOT NULL',
      [dateOf(this.clock)],
    )
  }

  private async requestedTest(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }[]>(
      'SELECT test_requested_at AS at FROM store_health',
    )
    return row?.at ?? null
  }

  /** A file was stored: the next trouble is the first again. */
  async recordStored(): Promise<void> {
    await this.database.query('UPDATE store_health SET failures = 0 WHERE failures > 0 AND trouble IS NULL')
  }

  /** The next try is due. */
  async retryNow(): Promise<void> {
    await this.database.query('UPDATE store_health SET retry_at = $1 WHERE trouble IS NOT NULL', [
      dateOf(this.clock),
    ])
  }

  /**
   * How much may be written, bytes; undefined where the store does not tell. A full store that has more room than
   * before is tried at once. Tells the smallest file that waits in vain, bytes, where that is another one than before.
   */
  async recordRoom(room: number | undefined): Promise<{ lacking: number | null; changed: boolean }> {
    const [[row]] = await this.database.query<[{ lacking: number | null; before: number | null }[], number]>(
      `UPDATE store_health AS now
          SET room = $1::bigint, lacking = waiting.least,
              retry_at = CASE WHEN now.trouble = 'full' AND $1::bigint >= now.room + $3::bigint
                               THEN least(now.retry_at, $2) ELSE now.retry_at END
         FROM (SELECT lacking AS before FROM store_health FOR UPDATE) old,
              (SELECT CASE WHEN min(missing) > $1::bigint THEN min(missing) END AS least
                 FROM waiting_fetch WHERE missing > 0) waiting
        RETURNING now.lacking, old.before`,
      [room ?? null, dateOf(this.clock), WORTH_A_TRY],
    )
    const lacking = row?.lacking ?? null
    return { lacking, changed: (lacking === null) !== ((row?.before ?? null) === null) }
  }
}
