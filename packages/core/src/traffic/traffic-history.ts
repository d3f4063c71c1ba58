import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import type { TrafficEntryKind } from './traffic-entry.table.js'

const DAY_MS = 86_400_000
/** Beyond every id of an entry. */
const NEWEST = '9223372036854775807'

/** What an account used of a platform on one day of UTC. */
export interface UsageDay {
  /** YYYY-MM-DD */
  day: string
  platform: string
  /** Bytes that were charged on that day. */
  charged: number
  /** Bytes that came back on that day, whenever they were charged. */
  refunded: number
  /** Links that were charged. */
  links: number
}

export interface HistoryEntry {
  id: string
  createdAt: Date
  kind: TrafficEntryKind
  /** Signed bytes. */
  bytes: number
  /** Bytes that were left after it. */
  balance: number
  platform: string | null
  linkId: string | null
  /** Null also where the link was forgotten. */
  fileName: string | null
  note: string | null
}

/** Where a walk goes on: after the entry with this id, before which so much was left, bytes. */
export type HistoryKey = readonly [id: string, balance: string]

/** Its platforms are looked for one after the other in the index that the days are read by. Sums of months are no days. */
const BY_DAY = new Statement<UsageDay>(`
  WITH RECURSIVE used AS (
    (SELECT platform FROM traffic_entry WHERE account_id = $1 AND platform IS NOT NULL ORDER BY platform LIMIT 1)
    UNION ALL
    SELECT (SELECT platform FROM traffic_entry
             WHERE account_id = $1 AND platform > used.platform ORDER BY platform LIMIT 1)
      FROM used WHERE used.platform IS NOT NULL)
  SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, used.platform,
         coalesce(-sum(bytes) FILTER (WHERE bytes < 0), 0)::bigint AS charged,
         coalesce(sum(bytes) FILTER (WHERE bytes > 0), 0)::bigint AS refunded,
         count(*) FILTER (WHERE kind = 'charge')::int AS links
    FROM used CROSS JOIN LATERAL (
      SELECT * FROM traffic_entry
       WHERE account_id = $1 AND platform = used.platform AND created_at >= $2::timestamptz
         AND link_id IS NOT NULL) entry
   GROUP BY 1, 2 ORDER BY 1, 2`)

const ENTRIES = new Statement<Omit<HistoryEntry, 'balance'> & { trafficLeft: number }>(`
  SELECT e.id::text, e.created_at AS "createdAt", e.kind, e.bytes, e.platform, e.link_id AS "linkId", e.note,
         coalesce(l.name, f.name) AS "fileName", a.traffic_left AS "trafficLeft"
    FROM (SELECT * FROM traffic_entry WHERE account_id = $1 AND id < $2::bigint ORDER BY id DESC LIMIT $3::int) e
   CROSS JOIN (SELECT traffic_left FROM account WHERE id = $1) a
    LEFT JOIN LATERAL (SELECT * FROM link WHERE id = e.link_id LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT name FROM source_file WHERE id = l.file_id LIMIT 1) f ON true
   ORDER BY e.id DESC`)

/** Where an account's traffic went. */
@Injectable()
export class TrafficHistory {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The last `days` days of UTC, with today. Costs what the account had charged and refunded in them. */
  byDay(accountId: string, days: number): Promise<UsageDay[]> {
    const today = Math.floor(this.clock.now() / DAY_MS) * DAY_MS
    return BY_DAY.run(this.database, [accountId, new Date(today - (days - 1) * DAY_MS)])
  }

  /** The newest first. Costs the same, however many there are. */
  async entries(
    accountId: string,
    limit: number,
    after?: HistoryKey,
  ): Promise<{ entries: HistoryEntry[]; next: HistoryKey | undefined }> {
    const rows = await ENTRIES.run(this.database, [accountId, after?.[0] ?? NEWEST, limit + 1])
    let left = after === undefined ? (rows[0]?.trafficLeft ?? 0) : Number(after[1])
    const entries = rows.slice(0, limit).map(({ trafficLeft: _, ...entry }): HistoryEntry => {
      const balance = left
      left -= entry.bytes
      return { ...entry, balance }
    })
    const last = entries.at(-1)
    return { entries, next: last && rows.length > limit ? [last.id, String(left)] : undefined }
  }
}
