import { Inject, Injectable } from '@nestjs/common'
import type { RefusalCause } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { LOG, type Log } from '../log/index.js'

const MINUTE_MS = 60_000
/** Rows that a minute may make; beyond them attempts are counted by route alone. */
const MAX_ROWS_A_MINUTE = 100
const OTHERS = 'others'

/** An attempt to get in that failed. */
export interface AuthFailure {
  /** What was shown, by the beginning of its hash. */
  who: string
  address: string
  /** Method and route: of a closed set, however the request is written. */
  action: string
  /** `key_invalid` unless given. */
  cause?: RefusalCause
}

interface Attempts extends Required<AuthFailure> {
  minute: number
  count: number
}

/**
 * Attempts that failed, folded: those of one address at one route in one minute are one row and one line of log, so
 * that nobody outside can make either grow. Counted in memory; `flush` adds the counts to the table.
 */
@Injectable()
export class AuthFailures {
  private pending = new Map<string, Attempts>()
  /** Rows of this minute, by their keys. */
  private rows = new Set<string>()
  private minute = 0

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  count({ who, address, action, cause = 'key_invalid' }: AuthFailure): void {
    const minute = this.clock.now() - (this.clock.now() % MINUTE_MS)
    if (minute !== this.minute) {
      this.minute = minute
      this.rows = new Set()
    }
    const own = `${address} ${action}`
    const isKnown = this.rows.has(own)
    const from = isKnown || this.rows.size < MAX_ROWS_A_MINUTE ? address : OTHERS
    const row = `${from} ${action}`
    if (!this.rows.has(row)) {
      this.rows.add(row)
      this.log.info({ who, address: from, action, cause }, 'audit: not let in')
    }
    const key = `${minute} ${row}`
    const before = this.pending.get(key)
    if (before === undefined) this.pending.set(key, { who, address: from, action, cause, minute, count: 1 })
    else {
      before.count++
      before.who = together(before.who, who)
    }
  }

  /** Adds what was counted since. What the table does not take now, it is given the next time. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return
    // In one order in all processes, which would else wait for one another's rows.
    const counted = [...this.pending.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
    this.pending = new Map()
    try {
      await this.database.query(
        `INSERT INTO audit_entry AS entry (kind, at, who, address, action, outcome, count)
         SELECT 'auth_failure', *
           FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
         ON CONFLICT (at, address, action) WHERE kind = 'auth_failure'
         DO UPDATE SET count = entry.count + excluded.count,
                       who = CASE entry.who WHEN excluded.who THEN entry.who
                                  ELSE split_part(entry.who, ' and ', 1) || ' and others' END`,
        [
          counted.map(({ minute }) => new Date(minute)),
          counted.map(({ who }) => who),
          counted.map(({ address }) => address),
          counted.map(({ action }) => action),
          counted.map(({ cause }) => cause),
          counted.map(({ count }) => count),
        ],
      )
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'audit: attempts are not recorded yet')
      // Bounded as the rows of a minute are: what is older than two of them is given up.
      const oldest = this.minute - MINUTE_MS
      for (const each of counted.filter(({ minute }) => minute >= oldest)) this.restore(each)
    }
  }

  private restore(attempts: Attempts): void {
    const key = `${attempts.minute} ${attempts.address} ${attempts.action}`
    const since = this.pending.get(key)
    if (since === undefined) this.pending.set(key, attempts)
    else {
      since.count += attempts.count
      since.who = together(attempts.who, since.who)
    }
  }
}

const together = (who: string, other: string): string =>
  who === other || who.endsWith(' and others') ? who : `${who} and others`
