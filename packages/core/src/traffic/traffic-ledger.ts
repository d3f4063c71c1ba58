import type { DataSource, EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { isUnendedSql } from '../links/liveness.js'
import type { Stretch } from '../pages/index.js'
import { ledgerBytes, ledgerEntries } from '../metrics/index.js'
import { keyNameSql } from './key-usage.js'
import type { TrafficEntryKind } from './traffic-entry.table.js'

export interface LedgerEntry {
  id: string
  createdAt: Date
  kind: TrafficEntryKind
  bytes: number
  platform: string | null
  linkId: string | null
  /** null: without a key. */
  keyId: string | null
  /** As it is called, or was in the end. */
  keyName: string | null
  note: string | null
}

export interface Charge {
  accountId: string
  linkId: string
  platform: string
  /** The key that it was asked for with, if any. */
  keyId?: string | null
  /** Bytes, ≥ 0. */
  bytes: number
}

/** For the metrics of this process; counted when it is written, also where the transaction comes to nothing. */
export function countEntry(kind: TrafficEntryKind, bytes: number): void {
  ledgerEntries.inc({ kind })
  ledgerBytes.inc({ kind }, Math.abs(bytes))
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
    countEntry('grant', bytes)
  },

  /** False, and nothing changed, if the account has not enough traffic left. */
  async charge(tx: EntityManager, clock: Clock, charge: Charge): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `WITH paid AS (
         UPDATE account SET traffic_left = traffic_left - $2 WHERE id = $1 AND traffic_left >= $2 RETURNING id)
       INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, key_id, created_at)
       SELECT id, 'charge', -$2::bigint, $3, $4, $5, $6 FROM paid RETURNING id`,
      [charge.accountId, charge.bytes, charge.platform, charge.linkId, charge.keyId ?? null, dateOf(clock)],
    )
    if (rows.length > 0) countEntry('charge', charge.bytes)
    return rows.length > 0
  },

  /** Gives back what these links were charged, adjustments included, unless that was done before. */
  async refund(tx: EntityManager, clock: Clock, linkIds: readonly string[]): Promise<void> {
    const [returned] = await tx.query<[{ bytes: number }[], number]>(
      `WITH returned AS (
         INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, key_id, created_at)
         SELECT account_id, 'refund', -sum(bytes), platform, link_id,
                (array_agg(key_id) FILTER (WHERE kind = 'charge'))[1], $2
           FROM traffic_entry WHERE kind IN ('charge', 'adjustment') AND link_id = ANY($1)
          GROUP BY account_id, platform, link_id
         ON CONFLICT (kind, link_id) WHERE kind IN ('charge', 'refund') DO NOTHING
         RETURNING account_id, bytes)
       UPDATE account SET traffic_left = traffic_left + sum.bytes
         FROM (SELECT account_id, sum(bytes) AS bytes FROM returned GROUP BY account_id) sum
        WHERE account.id = sum.account_id RETURNING sum.bytes::bigint AS bytes`,
      [linkIds, dateOf(clock)],
    )
    for (const { bytes } of returned) countEntry('refund', bytes)
  },

  /**
   * Brings what live links of a file were charged to its real size: what was charged too much comes back, what is
   * missing is taken. Call it under the locks of the file and of all accounts that have a live link to it, whose
   * balances suffice: it raises where one does not.
   */
  async settle(tx: EntityManager, clock: Clock, fileId: string, size: number): Promise<void> {
    const [settled] = await tx.query<[{ bytes: number }[], number]>(
      `WITH due AS (
         SELECT l.id, l.account_id, l.key_id, f.platform, l.charged - $2 AS bytes
           FROM link l JOIN source_file f ON f.id = l.file_id
          WHERE l.file_id = $1 AND ${isUnendedSql('l')} AND l.charged <> $2),
       entry AS (
         INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, key_id, note, created_at)
         SELECT account_id, 'adjustment', bytes, platform, id, key_id, 'the file has another size than its host told', $3
           FROM due),
       paid AS (
         UPDATE account SET traffic_left = traffic_left + due.bytes FROM due WHERE account.id = due.account_id)
       UPDATE link SET charged = charged - due.bytes FROM due WHERE link.id = due.id RETURNING due.bytes`,
      [fileId, size, dateOf(clock)],
    )
    for (const { bytes } of settled) countEntry('adjustment', bytes)
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
    if (rows.length > 0) countEntry('adjustment', bytes)
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

  /**
   * Oldest first; the key of a stretch is `id`. Bounds of both columns, since for one account PostgreSQL may take the order
   * of all entries, and look for those of a new account among them.
   */
  async entries(
    database: DataSource,
    accountId: string,
    { after: [after = '0'] = [], limit }: Stretch = {},
  ): Promise<LedgerEntry[]> {
    return database.query(
      `SELECT id::text, created_at AS "createdAt", kind, bytes, platform, link_id AS "linkId",
              key_id AS "keyId", ${keyNameSql('key_id')} AS "keyName", note
         FROM traffic_entry WHERE (account_id, traffic_entry.id) > ($1::uuid, $2::bigint)
          AND (account_id, traffic_entry.id) <= ($1::uuid, 9223372036854775807)
        ORDER BY account_id, traffic_entry.id LIMIT $3`,
      [accountId, after, limit ?? null],
    )
  },
}
