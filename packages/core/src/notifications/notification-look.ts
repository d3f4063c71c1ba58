import { Injectable } from '@nestjs/common'
import type { NotificationChannel } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock } from '../clock/index.js'
import { DONE, isInSql } from '../files/index.js'
import { isFaultSql, isUnendedSql } from '../links/index.js'
import { transaction } from '../locks/index.js'
import { PATIENCE_MS } from '../mail/index.js'

/** What was written so long ago may have become visible only now: transactions take their time, ms. */
const LOOK_BACK_MS = 10_000
/** A mail waits so long for what else happens, ms: whoever pastes 500 links wants few mails. */
const GATHER_MS = 60_000
/** Between two mails to an account, ms. */
const BETWEEN_MAILS_MS = 10 * 60_000

/** Parameters that every statement has: `$1` is now, `$2` the channels that there are. */
const CHANNELS = '$2::text[]'

/** When one is due that is written now: one by mail goes with those that wait already. */
const dueAt = (account: string, channel: string) => `
  CASE ${channel} WHEN 'mail' THEN coalesce(
    (SELECT min(w.due_at) FROM notification w
      WHERE w.account_id = ${account} AND w.channel = 'mail' AND w.finished_at IS NULL AND w.due_at > $1::timestamptz),
    greatest($1::timestamptz + interval '${GATHER_MS} milliseconds',
      (SELECT max(w.finished_at) + interval '${BETWEEN_MAILS_MS} milliseconds' FROM notification w
        WHERE w.account_id = ${account} AND w.channel = 'mail' AND w.outcome = 'sent')))
  ELSE $1::timestamptz END`

/** `rows`: account_id, subject, happened_at, data of all that happened; those are told of it whose settings say so. */
const writing = (event: string, rows: string) => `
  WITH what AS (${rows})
  INSERT INTO notification (id, account_id, event, channel, subject, data, happened_at, created_at, due_at)
  SELECT gen_random_uuid(), what.account_id, '${event}', s.channel, what.subject, what.data, what.happened_at,
         $1::timestamptz, ${dueAt('what.account_id', 's.channel')}
    FROM what CROSS JOIN LATERAL (
      SELECT channel FROM notification_setting
       WHERE account_id = what.account_id AND event = '${event}' AND channel = ANY(${CHANNELS})
         AND since <= what.happened_at) s
  ON CONFLICT (account_id, event, channel, subject) DO NOTHING`

const LINK = `'linkId', l.id, 'name', coalesce(l.name, f.name, ''), 'size', f.size, 'platform', f.platform`

/** Links that were waiting; whoever asks for a file that is there knows at once. */
const FINISHED = writing(
  'link_finished',
  `SELECT l.account_id, l.id || ' ' || extract(epoch FROM f.done_at) AS subject, f.done_at AS happened_at,
          jsonb_build_object(${LINK}) AS data
     FROM source_file f CROSS JOIN LATERAL (
       SELECT * FROM link WHERE file_id = f.id AND ${isUnendedSql('link')} AND created_at <= f.done_at) l
    WHERE f.updated_at > $3::timestamptz AND ${isInSql(DONE, 'f')} AND f.done_at > $3::timestamptz`,
)

const FAILED = writing(
  'link_failed',
  `SELECT l.account_id, l.id AS subject, l.ended_at AS happened_at,
          jsonb_build_object(${LINK}, 'cause', l.refusal) AS data
     FROM link l CROSS JOIN LATERAL (SELECT * FROM source_file WHERE id = l.file_id LIMIT 1) f
    WHERE l.ended_at > $3::timestamptz AND ${isFaultSql('l')}`,
)

const BACK = writing(
  'host_works_again',
  `DELETE FROM host_wish h WHERE platform = ANY($3::text[]) AND EXISTS (
       SELECT FROM notification_setting s
        WHERE s.account_id = h.account_id AND s.event = 'host_works_again' AND s.channel = ANY(${CHANNELS}))
     RETURNING account_id, platform || ' ' || extract(epoch FROM created_at) AS subject,
       $1::timestamptz AS happened_at, jsonb_build_object('platform', platform) AS data`,
)

/**
 * Writes down whom to tell of what happened: once, however many processes look, and also of what happened while none
 * did. A look costs what happened since the last one, and nothing while nobody wants to be told.
 */
@Injectable()
export class NotificationLooks {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** What links came to. Whether it looked: another process may be at it, or nobody wants to be told. */
  async look(channels: readonly NotificationChannel[]): Promise<boolean> {
    const now = this.clock.now()
    return transaction(this.database, async (tx) => {
      const since = await this.take(tx, now)
      if (since === undefined) return false
      for (const statement of [FINISHED, FAILED]) await tx.query(statement, [new Date(now), channels, since])
      await tx.query('UPDATE notification_look SET looked_at = $1', [new Date(now)])
      return true
    })
  }

  /** Platforms of which somebody wants to be told when they work again. */
  async wishedHosts(): Promise<string[]> {
    const rows = await this.database.query<{ platform: string }[]>('SELECT DISTINCT platform FROM host_wish')
    return rows.map(({ platform }) => platform)
  }

  /** These work again. */
  async hostsAreBack(platforms: readonly string[], channels: readonly NotificationChannel[]): Promise<void> {
    await this.database.query(BACK, [new Date(this.clock.now()), channels, platforms])
  }

  /** From when on to look: not further back than anybody wants to know, or than is told at all. */
  private async take(tx: EntityManager, now: number): Promise<Date | undefined> {
    const [row] = await tx.query<{ since: Date }[]>(
      `SELECT greatest(looked_at, $1::timestamptz, (SELECT min(since) FROM notification_setting))
                - interval '${LOOK_BACK_MS} milliseconds' AS since
         FROM notification_look WHERE EXISTS (SELECT FROM notification_setting) FOR UPDATE SKIP LOCKED`,
      [new Date(now - PATIENCE_MS)],
    )
    return row?.since
  }
}
