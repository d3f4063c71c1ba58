import type { DataSource } from 'typeorm'
import type { Clock } from '../clock/index.js'
import type { Stretch } from '../pages/index.js'
import { NO_KEY } from './key-usage.js'

const DAY_MS = 86_400_000

/** What is kept beside the ledger and is not what the ledger says. */
export interface LedgerFault {
  accountId: string
  email: string
  /** `usage`: of a platform, by links that were charged in the hour that begins at `hour`; `key`: by a key, in that day. */
  of: 'balance' | 'usage' | 'key'
  platform: string | null
  /** Of `key`; null: without one. */
  keyId: string | null
  hour: Date | null
  /** Bytes that are kept. */
  kept: number
  /** Bytes that the ledger comes to. */
  ledger: number
}

export interface LedgerCheck {
  /** Accounts in ascending order of their ids. */
  accounts: string[]
  faults: LedgerFault[]
}

/**
 * Holds balances, and the use of platforms and by keys in the last 24 hours, of the accounts of a stretch against the
 * ledger; the key is their id. One statement, so that nothing can happen in between. $1 after, $2 limit, $3 first hour,
 * $4 first day.
 */
const CHECK = `
  WITH page AS (
    SELECT id, email, traffic_left FROM account
     WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2),
  charged AS (
    SELECT c.account_id, c.platform, c.key_id, c.created_at, -sum(e.bytes) AS bytes
      FROM page p
      JOIN traffic_entry c ON c.account_id = p.id AND c.kind = 'charge' AND c.link_id IS NOT NULL AND c.created_at >= $4
      JOIN traffic_entry e ON e.link_id = c.link_id GROUP BY c.id),
  by_host AS (
    SELECT account_id, platform, date_trunc('hour', created_at, 'UTC') AS hour, sum(bytes) AS bytes
      FROM charged WHERE created_at >= $3 GROUP BY 1, 2, 3),
  kept_by_host AS (SELECT u.* FROM page p JOIN host_usage u ON u.account_id = p.id AND u.hour >= $3),
  by_key AS (
    SELECT account_id, coalesce(key_id, ${NO_KEY}) AS key_id, date_trunc('day', created_at, 'UTC') AS day,
           sum(bytes) AS bytes
      FROM charged GROUP BY 1, 2, 3),
  kept_by_key AS (SELECT u.* FROM page p JOIN key_usage u ON u.account_id = p.id AND u.day >= $4),
  compared AS (
    SELECT id AS account_id, 'balance' AS of, NULL AS platform, NULL::uuid AS key_id, NULL::timestamptz AS hour,
           traffic_left AS kept,
           coalesce((SELECT sum(bytes) FROM traffic_entry WHERE account_id = page.id), 0) AS ledger
      FROM page
    UNION ALL
    SELECT account_id, 'usage', platform, NULL, hour, coalesce(kept.bytes, 0), coalesce(by_host.bytes, 0)
      FROM by_host FULL JOIN kept_by_host kept USING (account_id, platform, hour)
    UNION ALL
    SELECT account_id, 'key', NULL, key_id, day, coalesce(kept.bytes, 0), coalesce(by_key.bytes, 0)
      FROM by_key FULL JOIN kept_by_key kept USING (account_id, key_id, day))
  SELECT p.id, p.email, c.of, c.platform, nullif(c.key_id, ${NO_KEY}) AS "keyId", c.hour, c.kept::bigint, c.ledger::bigint
    FROM page p LEFT JOIN compared c ON c.account_id = p.id AND c.kept <> c.ledger
   ORDER BY p.id, c.of, c.platform, c.key_id, c.hour`

/** `limit`: accounts, all of them without it. */
export async function checkLedger(
  database: DataSource,
  clock: Clock,
  { after: [after] = [], limit }: Stretch = {},
): Promise<LedgerCheck> {
  const since = clock.now() - DAY_MS
  const [firstHour, firstDay] = [3_600_000, DAY_MS].map((unit) => new Date(since - (since % unit)))
  const rows = await database.query<
    ({ id: string; email: string } & (
      | Omit<LedgerFault, 'accountId' | 'email'>
      | { of: null; platform: null; keyId: null; hour: null; kept: null; ledger: null }
    ))[]
  >(CHECK, [after ?? null, limit ?? null, firstHour, firstDay])
  return {
    accounts: [...new Set(rows.map(({ id }) => id))],
    faults: rows.flatMap(({ id: accountId, ...fault }) =>
      fault.of === null ? [] : [{ accountId, ...fault }],
    ),
  }
}
