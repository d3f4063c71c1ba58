import { Inject, Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { LOG, type Log } from '../log/index.js'
import type { AuditEntry } from './audit-entry.table.js'
import type { Changes } from './changes.js'

/** Rows of attempts that are kept at most; the oldest go first. */
const MAX_ATTEMPT_ROWS = 100_000

/** A change that begins. */
export interface AuditedChange {
  who: string
  address: string
  /** Method and route. */
  action: string
  target: string | null
}

export interface ChangeOutcome {
  target: string | null
  /** `ok`, or the cause of the refusal. */
  outcome: string
  changes: Changes
}

export interface AuditFilter {
  /** The beginning of who it was, or of the address. */
  who?: string | undefined
  /** A part of action or target, whatever the case. */
  what?: string | undefined
  since?: Date | undefined
  /** Entries older than the one with this id. */
  before?: number | undefined
  limit: number
}

/** Who changed what. Every change stands in the table before it is made and in the log when it is over. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The id of its entry. */
  async begin({ who, address, action, target }: AuditedChange): Promise<number> {
    const [row] = await this.database.query<[{ id: number }]>(
      `INSERT INTO audit_entry (at, kind, who, address, action, target) VALUES ($1, 'change', $2, $3, $4, $5)
       RETURNING id`,
      [dateOf(this.clock), who, address, action, target],
    )
    return row.id
  }

  /** The change is made by now, or refused: a database that is away leaves the entry without an outcome. */
  async finish(id: number, change: AuditedChange, outcome: ChangeOutcome): Promise<void> {
    this.log.info({ ...change, ...outcome }, 'audit: change')
    await this.database
      .query('UPDATE audit_entry SET target = $2, outcome = $3, changes = $4 WHERE id = $1', [
        id,
        outcome.target,
        outcome.outcome,
        JSON.stringify(outcome.changes),
      ])
      .catch((error: unknown) => {
        this.log.error({ reason: (error as Error).message, entry: id }, 'audit: the outcome is not recorded')
      })
  }

  /** The newest first. */
  entries({ who, what, since, before, limit }: AuditFilter): Promise<AuditEntry[]> {
    return this.database.query<AuditEntry[]>(
      `SELECT * FROM audit_entry
        WHERE ($1::text IS NULL OR starts_with(who, $1) OR starts_with(address, $1))
          AND ($2::text IS NULL OR position(lower($2) IN lower(concat_ws(' ', action, target))) > 0)
          AND ($3::timestamptz IS NULL OR at >= $3)
          AND ($4::bigint IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5`,
      [who ?? null, what ?? null, since ?? null, before ?? null, limit],
    )
  }

  /** Attempts to get in that failed since then, the newest first, `limit` rows at most. */
  attempts(since: Date, limit: number): Promise<Pick<AuditEntry, 'address' | 'count'>[]> {
    return this.database.query<Pick<AuditEntry, 'address' | 'count'>[]>(
      `SELECT address, count FROM audit_entry WHERE kind = 'auth_failure' AND at >= $1 ORDER BY at DESC LIMIT $2`,
      [since, limit],
    )
  }

  /** Removes what is older than `ttl` ms, and of attempts what is more than is kept of them. */
  async forgetOld(ttl: number): Promise<void> {
    await this.database.query('DELETE FROM audit_entry WHERE at < $1', [new Date(this.clock.now() - ttl)])
    await this.database.query(
      `DELETE FROM audit_entry WHERE kind = 'auth_failure' AND id <= (
         SELECT id FROM audit_entry WHERE kind = 'auth_failure' ORDER BY id DESC OFFSET $1 LIMIT 1)`,
      [MAX_ATTEMPT_ROWS],
    )
  }
}
