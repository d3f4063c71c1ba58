import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import { isOfKeySql, keyNameSql } from './key-usage.js'
import { latestDays } from './latest-days.js'
import type { TrafficEntryKind } from './traffic-entry.table.js'

const DAY_MS = 86_400_000
/** A sum is dated at the beginning of the month that its entries were written in. */
const MONTH_MS = 31 * DAY_MS
/** Entries get their ids in the order that they were written in, but for this: clocks differ, and transactions last. */
const LATE_MS = 3_600_000
/** Entries that are looked at for one page of those that a filter lets through. */
const LOOKED_AT = 1_000
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
  /** The key that its link was asked for with; null: none. */
  keyId: string | null
  /** As it is called, or was in the end. */
  keyName: string | null
  /** Null also where the link was forgotten. */
  fileName: string | null
  note: string | null
  /** When its link was charged; null of an entry of no link. */
  chargedAt: Date | null
  /** Bytes that its link cost in all, less what came back of them; null likewise. */
  linkCost: number | null
}

/** Which entries are told: of all of these. */
export interface HistoryFilter {
  kind?: TrafficEntryKind | undefined
  /** In any case of its letters. */
  platform?: string | undefined
  /** Of links that were asked for with the key with this id, or by `none`. */
  key?: string | undefined
  /** Written then or later. */
  since?: Date | undefined
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
  SELECT ($3::text[])[width_bucket(created_at, $2::timestamptz[])] AS day, used.platform,
         coalesce(-sum(bytes) FILTER (WHERE bytes < 0), 0)::bigint AS charged,
         coalesce(sum(bytes) FILTER (WHERE bytes > 0), 0)::bigint AS refunded,
         count(*) FILTER (WHERE kind = 'charge')::int AS links
    FROM used CROSS JOIN LATERAL (
      SELECT * FROM traffic_entry
       WHERE account_id = $1 AND platform = used.platform AND created_at >= ($2::timestamptz[])[1]
         AND link_id IS NOT NULL) entry
   GROUP BY 1, 2 ORDER BY 1, 2`)

interface EntryRow extends Omit<HistoryEntry, 'id' | 'balance'> {
  /** Null where a page has no entry but its end. */
  id: string | null
  /** Bytes of it and of all newer ones that were looked at. */
  walked: number
  trafficLeft: number
  looked: number
  lastId: string
  lastWalked: number
  lastAt: Date
  lastIsSum: boolean
}

/** One row at least where anything was looked at: it tells where that ended. */
const ENTRIES = new Statement<EntryRow>(`
  WITH looked AS MATERIALIZED (
    SELECT e.*, (sum(bytes) OVER (ORDER BY id DESC))::bigint AS walked
      FROM (SELECT * FROM traffic_entry WHERE account_id = $1 AND id < $2::bigint ORDER BY id DESC LIMIT $3::int) e),
  shown AS (
    SELECT * FROM looked
     WHERE ($5::text IS NULL OR kind = $5) AND ($6::text IS NULL OR lower(platform) = lower($6))
       AND created_at >= $7::timestamptz
       AND ($8::text IS NULL OR link_id IS NOT NULL AND ${isOfKeySql('looked', '$8')})
     ORDER BY id DESC LIMIT $4::int)
  SELECT e.id::text, e.created_at AS "createdAt", e.kind, e.bytes, e.walked, e.platform, e.link_id AS "linkId",
         e.key_id AS "keyId", ${keyNameSql('e.key_id')} AS "keyName", e.note, coalesce(l.name, f.name) AS "fileName", whole.charged_at AS "chargedAt", whole.cost AS "linkCost",
         a.traffic_left AS "trafficLeft", last.looked, last.id::text AS "lastId", last.walked AS "lastWalked",
         last.created_at AS "lastAt", last.entries IS NOT NULL AS "lastIsSum"
    FROM (SELECT *, count(*) OVER ()::int AS looked FROM looked ORDER BY id LIMIT 1) last
   CROSS JOIN (SELECT traffic_left FROM account WHERE id = $1) a
    LEFT JOIN shown e ON true
    LEFT JOIN LATERAL (SELECT * FROM link WHERE id = e.link_id LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT name FROM source_file WHERE id = l.file_id LIMIT 1) f ON true
    LEFT JOIN LATERAL (
      SELECT min(created_at) FILTER (WHERE kind = 'charge') AS charged_at, -sum(bytes)::bigint AS cost
        FROM traffic_entry WHERE link_id = e.link_id) whole ON true
   ORDER BY e.id DESC`)

/** What a link moved by entries of one kind. */
export interface LinkCost {
  kind: TrafficEntryKind
  /** Signed bytes. */
  bytes: number
  /** When the last of them was written. */
  at: Date
}

const OF_LINK = new Statement<LinkCost>(`
  SELECT kind, sum(bytes)::bigint AS bytes, max(created_at) AS at
    FROM traffic_entry WHERE link_id = $2 AND account_id = $1 GROUP BY kind ORDER BY min(id)`)

/** Where an account's traffic went. */
@Injectable()
export class TrafficHistory {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The last `days` days of a time zone, with today. Costs what the account had charged and refunded in them. */
  byDay(accountId: string, days: number, timeZone = 'UTC'): Promise<UsageDay[]> {
    const latest = latestDays(days, timeZone, this.clock.now())
    return BY_DAY.run(this.database, [
      accountId,
      latest.map(({ begins }) => begins),
      latest.map(({ day }) => day),
    ])
  }

  /** What a link of the account was charged, corrected by and given back, in this order. */
  ofLink(accountId: string, linkId: string): Promise<LinkCost[]> {
    return OF_LINK.run(this.database, [accountId, linkId])
  }

  /**
   * At most `limit` that the filter lets through, the newest first. However many there are, LOOKED_AT are looked at at
   * most: so with a filter a page may have fewer, or none, and still be followed by another.
   */
  async entries(
    accountId: string,
    limit: number,
    after?: HistoryKey,
    { kind, platform, key, since }: HistoryFilter = {},
  ): Promise<{ entries: HistoryEntry[]; next: HistoryKey | undefined }> {
    const isFiltered = [kind, platform, key, since].some((part) => part !== undefined)
    // One entry more than wanted tells whether there is another page.
    const look = isFiltered ? LOOKED_AT : limit + 1
    const rows = await ENTRIES.run(this.database, [
      ...[accountId, after?.[0] ?? NEWEST, look, limit + 1],
      ...[kind ?? null, platform ?? null, since ?? '-infinity', key ?? null],
    ])
    const begin = after === undefined ? (rows[0]?.trafficLeft ?? 0) : Number(after[1])
    const found = rows.flatMap((row) => (row.id === null ? [] : [{ ...row, id: row.id }]))
    const entries = found
      .slice(0, limit)
      .map((row) => ({ ...entryOf(row), balance: begin - row.walked + row.bytes }))
    const last = entries.at(-1)
    if (last && found.length > limit) return { entries, next: [last.id, String(last.balance - last.bytes)] }
    return { entries, next: endOfLook(rows[0], look, begin, since) }
  }
}

const entryOf = (row: EntryRow & { id: string }): Omit<HistoryEntry, 'balance'> => {
  const {
    id,
    createdAt,
    kind,
    bytes,
    platform,
    linkId,
    keyId,
    keyName,
    fileName,
    note,
    chargedAt,
    linkCost,
  } = row
  return { id, createdAt, kind, bytes, platform, linkId, keyId, keyName, fileName, note, chargedAt, linkCost }
}

/** Where what was looked at ended; undefined where there is no more, or all that follows was written before `since`. */
function endOfLook(
  row: EntryRow | undefined,
  look: number,
  begin: number,
  since: Date | undefined,
): HistoryKey | undefined {
  if (row === undefined || row.looked < look) return undefined
  const latest = row.lastAt.getTime() + (row.lastIsSum ? MONTH_MS : 0) + LATE_MS
  if (since !== undefined && latest < since.getTime()) return undefined
  return [row.lastId, String(begin - row.lastWalked)]
}
