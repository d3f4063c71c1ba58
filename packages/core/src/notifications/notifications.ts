import { Injectable } from '@nestjs/common'
import {
  type Language,
  type NotificationChannel,
  type NotificationEvent,
  OPERATOR_EVENTS,
  type QuietHours,
} from '@obb/contracts'
import { DataSource } from 'typeorm'
import { mayActSql } from '../accounts/index.js'
import { Clock } from '../clock/index.js'
import { PATIENCE_MS, pauseAfter } from '../mail/index.js'
import { isQuiet } from './quiet-hours.js'

/** One who sends has this long, ms; after that another one may. */
const LEASE_MS = 3 * 60_000
/** How long it is known what was told, ms: longer than a look ever goes back. */
const KEPT_MS = 2 * PATIENCE_MS
/** A webhook that fails for so long is an operator's business as well, ms. */
const TROUBLE_MS = 3_600_000
/** Webhooks that operators are told of. */
const TROUBLES = 20
/** Of what a receiver said, characters. */
const MAX_ERROR = 300

export interface NotificationItem {
  id: string
  event: NotificationEvent
  data: Record<string, unknown>
  happenedAt: Date
  attempts: number
  /** Whether its account may act, and be told of this: it is told nothing otherwise. */
  mayBeTold: boolean
}

/** What an account is to be told now, by one channel. */
export interface DueNotifications {
  accountId: string
  email: string
  language: Language | null
  channel: NotificationChannel
  items: NotificationItem[]
}

/** A webhook that has been failing for an hour. */
export interface FailingWebhook {
  email: string
  since: Date
  error: string | null
}

type TakenRow = NotificationItem & Pick<DueNotifications, 'accountId' | 'email' | 'language'>

/** Of a notification `n` of an account `a`: see `mayBeTold`. */
const MAY_BE_TOLD = `${mayActSql('a', '$1')} AND (a.role = 'operator' OR n.event <> ALL($6::text[]))`

/** Notifications that wait in the database until they were taken. */
@Injectable()
export class Notifications {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * At most `limit` that are due to one account, for a sender that has LEASE_MS for them: after a crash they are due
   * again. None of the accounts in `but`.
   */
  async take(
    channel: NotificationChannel,
    limit: number,
    but: readonly string[] = [],
  ): Promise<DueNotifications | undefined> {
    const now = this.clock.now()
    const [rows] = await this.database.query<[TakenRow[], number]>(
      `WITH next AS (
         SELECT account_id FROM notification
          WHERE finished_at IS NULL AND channel = $2 AND due_at <= $1 AND account_id <> ALL($3::uuid[])
          ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED),
       taken AS (
         SELECT n.id FROM notification n
          WHERE n.account_id = (SELECT account_id FROM next) AND n.channel = $2 AND n.finished_at IS NULL
            AND n.due_at <= $1
          ORDER BY n.happened_at LIMIT $4 FOR UPDATE SKIP LOCKED)
       UPDATE notification n SET attempts = attempts + 1, due_at = $5
         FROM account a LEFT JOIN sign_in s ON s.account_id = a.id
        WHERE n.id = ANY(ARRAY(SELECT id FROM taken)) AND a.id = n.account_id
        RETURNING n.id, n.account_id AS "accountId", n.event, n.data, n.happened_at AS "happenedAt", n.attempts,
          a.email, s.language, ${MAY_BE_TOLD} AS "mayBeTold"`,
      [new Date(now), channel, but, limit, new Date(now + LEASE_MS), OPERATOR_EVENTS],
    )
    const [first] = rows
    if (first === undefined) return undefined
    const { accountId, email, language } = first
    const items = rows.toSorted((one, other) => one.happenedAt.getTime() - other.happenedAt.getTime())
    return { accountId, email, language, channel, items }
  }

  /** Accounts that something is due to, and that want to be told nothing now. */
  async quietAccounts(channel: NotificationChannel): Promise<string[]> {
    const now = this.clock.now()
    const rows = await this.database.query<({ accountId: string } & QuietHours)[]>(
      `SELECT account_id AS "accountId", begins AS "from", ends AS "until", time_zone AS "timeZone"
         FROM notification_quiet WHERE account_id IN (
           SELECT account_id FROM notification WHERE finished_at IS NULL AND channel = $2 AND due_at <= $1)`,
      [new Date(now), channel],
    )
    return rows.filter((hours) => isQuiet(hours, now)).map(({ accountId }) => accountId)
  }

  async finish(ids: readonly string[], outcome: 'sent' | 'needless' | 'given_up'): Promise<void> {
    await this.database.query(
      'UPDATE notification SET finished_at = $2, outcome = $3, due_at = NULL WHERE id = ANY($1::uuid[])',
      [ids, new Date(this.clock.now()), outcome],
    )
  }

  /** They are tried again after a pause that grows; what waits for a day is given up. How many. */
  async postpone({ accountId, channel, items }: DueNotifications): Promise<number> {
    const attempts = Math.max(...items.map((item) => item.attempts))
    return this.pause(accountId, channel, attempts)
  }

  /** A webhook was taken: what waits for it goes now. */
  async webhookWorks(accountId: string): Promise<void> {
    const [, recovered] = await this.database.query<[unknown, number]>(
      `UPDATE notification_webhook SET failures = 0, failing_since = NULL, error = NULL
        WHERE account_id = $1 AND failures > 0`,
      [accountId],
    )
    if (recovered === 0) return
    await this.database.query(
      `UPDATE notification SET due_at = $2 WHERE account_id = $1 AND channel = 'webhook' AND finished_at IS NULL`,
      [accountId, new Date(this.clock.now())],
    )
  }

  /**
   * A webhook was not taken: all that waits for it does so together, so that a receiver that is away is asked once per
   * pause. As `postpone`.
   */
  async webhookFails(accountId: string, error: string): Promise<number> {
    const [[row]] = await this.database.query<[{ failures: number }[], number]>(
      `UPDATE notification_webhook
          SET failures = failures + 1, failing_since = coalesce(failing_since, $2), error = $3
        WHERE account_id = $1 RETURNING failures`,
      [accountId, new Date(this.clock.now()), error.slice(0, MAX_ERROR)],
    )
    return this.pause(accountId, 'webhook', row?.failures ?? 1)
  }

  async failingWebhooks(): Promise<FailingWebhook[]> {
    return this.database.query<FailingWebhook[]>(
      `SELECT a.email, w.failing_since AS since, w.error
         FROM notification_webhook w JOIN account a ON a.id = w.account_id
        WHERE w.failing_since <= $1 ORDER BY w.failing_since LIMIT ${TROUBLES}`,
      [new Date(this.clock.now() - TROUBLE_MS)],
    )
  }

  /** Removes those that were told, or given up, days ago. */
  async forgetOld(): Promise<void> {
    const before = new Date(this.clock.now() - KEPT_MS)
    await this.database.query('DELETE FROM notification WHERE finished_at < $1 OR created_at < $2', [
      ...[before, new Date(before.getTime() - PATIENCE_MS)],
    ])
  }

  private async pause(accountId: string, channel: NotificationChannel, attempts: number): Promise<number> {
    const now = this.clock.now()
    await this.database.query(
      `UPDATE notification SET due_at = $3
        WHERE account_id = $1 AND channel = $2 AND finished_at IS NULL`,
      [accountId, channel, new Date(now + pauseAfter(attempts))],
    )
    const [, givenUp] = await this.database.query<[unknown, number]>(
      `UPDATE notification SET finished_at = $3, outcome = 'given_up', due_at = NULL
        WHERE account_id = $1 AND channel = $2 AND finished_at IS NULL AND created_at <= $4`,
      [accountId, channel, new Date(now), new Date(now - PATIENCE_MS)],
    )
    return givenUp
  }
}
