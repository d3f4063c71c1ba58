import { Injectable } from '@nestjs/common'
import type { NotificationChannel } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock } from '../clock/index.js'
import { DONE, isInSql } from '../files/index.js'
import { isFaultSql, isUnendedSql } from '../links/index.js'
import { transaction } from '../locks/index.js'
import { PATIENCE_MS } from '../mail/index.js'
import { CHANNELS, LOOK_BACK_MS, writing } from './writing.js'

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
