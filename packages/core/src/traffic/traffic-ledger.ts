import type { DataSource, EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { isUnendedSql } from '../links/liveness.js'
import type { TrafficEntryKind } from './traffic-entry.table.js'

const DAY_MS = 86_400_000

export interface LedgerEntry {
  id: string
  createdAt: Date
  kind: TrafficEntryKind
  bytes: number
  platform: string | null
  linkId: string | null
  note: string | null
}

export interface Charge {
  accountId: string
  linkId: string
  platform: string
  /** Bytes, ≥ 0. */
  bytes: number
}

/**
 * The bookkeeping of traffic: every movement is an entry, and the balance kept with the account is the sum
 * of its entries, changed in the same transaction. Charges happen under the account's row lock (the
 * conditional update takes it), so they cannot overdraw; an entry of a kind exists once per link, so
 * neither a charge nor a refund can happen twice whatever is repeated.
 */
export const TrafficLedger = {
  async grant(
    tx: EntityManager,
    clock: Clock,
    accountId: string,
    bytes: number,
    note: string | null,
  ): Promise<void> {
    await tx.query(
      `WITH entry AS (
         INSERT INTO traffic_entry (account_id, kind, bytes, note, created_at) VALUES ($1, 'grant', $2, $3, $4))
       UPDATE account SET traffic_left = traffic_left + $2, traffic_max = traffic_max + $2 WHERE id = $1`,
      [accountId, bytes, note, dateOf(clock)],
    )
  },

  /** False, and nothing changed, if the account has not enough traffic left. */
  async charge(tx: EntityManager, clock: Clock, charge: Charge): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `WITH paid AS (
         UPDATE account SET traffic_left = traffic_left - $2 WHERE id = $1 AND traffic_left >= $2 RETURNING id)
       INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
       SELECT id, 'charge', -$2::bigint, $3, $4, $5 FROM paid RETURNING id`,
      [charge.accountId, charge.bytes, charge.platform, charge.linkId, dateOf(clock)],
    )
    return rows.length > 0
  },

  /** Gives back what these links were charged, adjustments included, unless that was done before. */
  async refund(tx: EntityManager, clock: Clock, linkIds: readonly string[]): Promise<void> {
    await tx.query(
      `WITH returned AS (
         INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
         SELECT account_id, 'refund', -sum(bytes), platform, link_id, $2
           FROM traffic_entry WHERE kind IN ('charge', 'adjustment') AND link_id = ANY($1)
          GROUP BY account_id, platform, link_id
         ON CONFLICT (kind, link_id) WHERE kind IN ('charge', 'refund') DO NOTHING
         RETURNING account_id, bytes)
       UPDATE account SET traffic_left = traffic_left + sum.bytes
         FROM (SELECT account_id, sum(bytes) AS bytes FROM returned GROUP BY account_id) sum
        WHERE account.id = sum.account_id`,
      [linkIds, dateOf(clock)],
    )
  },

  /**
   * Brings what live links of a file were charged to its real size: what was charged too much comes back, and
   * what is missing is taken as far as the balance goes. Call it under the locks of the file and of all
   * accounts that have a live link to it.
   */
  async settle(tx: EntityManager, clock: Clock, fileId: string, size: number): Promise<void> {
    await tx.query(
      `WITH due AS (
         SELECT l.id, l.account_id, f.platform, greatest(l.charged - $2, -a.traffic_left) AS bytes
           FROM link l JOIN account a ON a.id = l.account_id JOIN source_file f ON f.id = l.file_id
          WHERE l.file_id = $1 AND ${isUnendedSql('l')} AND l.charged <> $2),
       entry AS (
         INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, note, created_at)
         SELECT account_id, 'adjustment', bytes, platform, id, 'the file has another size than its host told', $3
           FROM due WHERE bytes <> 0),
       paid AS (
         UPDATE account SET traffic_left = traffic_left + due.bytes FROM due WHERE account.id = due.account_id)
       UPDATE link SET charged = charged - due.bytes FROM due WHERE link.id = due.id`,
      [fileId, size, dateOf(clock)],
    )
  },

  /** A correction by an operator. False, and nothing changed, if the balance would leave 0 to 2^53 - 1. */
  async adjust(
    tx: EntityManager,
    clock: Clock,
    accountId: string,
    bytes: number,
    note: string,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `WITH adjusted AS (
         UPDATE account SET traffic_left = traffic_left + $2::bigint
          WHERE id = $1 AND traffic_left + $2::bigint BETWEEN 0 AND $5 RETURNING id)
       INSERT INTO traffic_entry (account_id, kind, bytes, note, created_at)
       SELECT id, 'adjustment', $2::bigint, $3, $4 FROM adjusted RETURNING id`,
      [accountId, bytes, note, dateOf(clock), Number.MAX_SAFE_INTEGER],
    )
    return rows.length > 0
  },

  /**
   * Puts all entries of these links into the sums of their months. Links that ended for good: no entry is added to them
   * any more. In the order of accounts, as whoever locks them.
   */
  async sumUp(tx: EntityManager, linkIds: readonly string[]): Promise<void> {
    await tx.query(`SELECT set_config('obb.ledger_roll_up', 'on', true)`)
    await tx.query(
      `WITH gone AS (
         DELETE FROM traffic_entry WHERE link_id = ANY($1) RETURNING id, account_id, kind, platform, bytes, created_at),
       sums AS (
         SELECT min(id) AS id, account_id, kind, platform, sum(bytes)::bigint AS bytes, count(*)::int AS entries,
                date_trunc('month', created_at, 'UTC') AS month
           FROM gone GROUP BY account_id, kind, platform, month)
       INSERT INTO traffic_entry AS kept (id, account_id, kind, platform, bytes, entries, note, created_at)
       OVERRIDING SYSTEM VALUE
       SELECT id, account_id, kind, platform, bytes, entries,
              'sum of ' || to_char(month AT TIME ZONE 'UTC', 'YYYY-MM'), month
         FROM sums ORDER BY account_id, kind, platform, month
       ON CONFLICT (account_id, kind, platform, created_at) WHERE entries IS NOT NULL
       DO UPDATE SET bytes = kept.bytes + excluded.bytes, entries = kept.entries + excluded.entries`,
      [linkIds],
    )
    await tx.query(`SELECT set_config('obb.ledger_roll_up', 'off', true)`)
  },

  async entries(database: DataSource, accountId: string): Promise<LedgerEntry[]> {
    return database.query(
      `SELECT id::text, created_at AS "createdAt", kind, bytes, platform, link_id AS "linkId", note
         FROM traffic_entry WHERE account_id = $1 ORDER BY traffic_entry.id`,
      [accountId],
    )
  },
}

/**
 * What a link costs in the 24 hours after its charge: the charge with its adjustments, whenever those were made,
 * unless it was refunded. Parameters: $1 account, $2 since when.
 */
const COSTS = `SELECT c.platform, c.created_at, -sum(e.bytes)::bigint AS bytes
  FROM traffic_entry c
  JOIN traffic_entry e ON e.link_id = c.link_id AND e.kind IN ('charge', 'adjustment')
 WHERE c.account_id = $1 AND c.kind = 'charge' AND c.created_at > $2
   AND NOT EXISTS (SELECT 1 FROM traffic_entry r WHERE r.kind = 'refund' AND r.link_id = c.link_id)
 GROUP BY c.id`

export interface UsageFigures {
  /** Bytes. */
  used: number
  /** Epoch ms at which the oldest charge that counts leaves the window; null without one. */
  resetsAt: number | null
}

export interface UsageWindow extends UsageFigures {
  /** Until `bytes` more fit under `cap`; 0 if they fit now, a whole day if they never do. */
  secondsUntilFits(bytes: number, cap: number): number
}

/** An account's use of the platforms in the last 24 hours, read from the ledger: there is no other counter. */
export const HostUsage = {
  /** Bytes by platform; a refunded charge does not count. */
  async byPlatform(database: DataSource, clock: Clock, accountId: string): Promise<Map<string, number>> {
    const rows = await database.query<{ platform: string; used: number }[]>(
      `SELECT platform, sum(bytes)::bigint AS used FROM (${COSTS}) cost GROUP BY platform`,
      [accountId, new Date(clock.now() - DAY_MS)],
    )
    return new Map(rows.map((row) => [row.platform, row.used]))
  },

  /** The same with the time at which each platform's oldest charge stops to count. */
  async windows(database: DataSource, clock: Clock, accountId: string): Promise<Map<string, UsageFigures>> {
    const rows = await database.query<{ platform: string; used: number; oldest: Date }[]>(
      `SELECT platform, sum(bytes)::bigint AS used, min(created_at) AS oldest FROM (${COSTS}) cost GROUP BY platform`,
      [accountId, new Date(clock.now() - DAY_MS)],
    )
    return new Map(rows.map(({ platform, used, oldest }) => [platform, { used, resetsAt: endOf(oldest) }]))
  },

  /** One platform's window, charge by charge. Call it under the account's lock to rely on it. */
  async window(
    runner: Pick<EntityManager, 'query'>,
    clock: Clock,
    { accountId, platform }: { accountId: string; platform: string },
  ): Promise<UsageWindow> {
    const now = clock.now()
    const costs = await runner.query<{ createdAt: Date; bytes: number }[]>(
      `SELECT created_at AS "createdAt", bytes FROM (${COSTS}) cost WHERE platform = $3 ORDER BY created_at`,
      [accountId, new Date(now - DAY_MS), platform],
    )
    const used = costs.reduce((sum, cost) => sum + cost.bytes, 0)
    const [oldest] = costs
    return {
      used,
      resetsAt: oldest ? endOf(oldest.createdAt) : null,
      secondsUntilFits: (bytes, cap) => {
        if (bytes > cap) return DAY_MS / 1000
        let left = used
        if (left + bytes <= cap) return 0
        for (const cost of costs) {
          left -= cost.bytes
          if (left + bytes <= cap) return Math.max(1, Math.ceil((endOf(cost.createdAt) - now) / 1000))
        }
        return DAY_MS / 1000
      },
    }
  },
}

function endOf(charge: Date): number {
  return charge.getTime() + DAY_MS
}
