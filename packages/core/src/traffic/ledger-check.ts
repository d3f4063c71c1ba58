import type { DataSource } from 'typeorm'
import type { Clock } from '../clock/index.js'
import type { Stretch } from '../pages/index.js'

const DAY_MS = 86_400_000

/** What is kept beside the ledger and is not what the ledger says. */
export interface LedgerFault {
  accountId: string
  email: string
  /** `usage`: of a platform, by links that were charged in the hour that begins at `hour`. */
  of: 'balance' | 'usage'
  platform: string | null
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
 * Holds balances, and the use of platforms in the last 24 hours, of the accounts of a stretch against the ledger; the key
 * is their id. One statement, so that nothing can happen in between. $1 after, $2 limit, $3 first hour.
 */
const CHECK = `
  WITH page AS (
    SELECT id, email, traffic_left FROM account
     WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2),
  charged AS (
    SELECT c.account_id, c.platform, date_trunc('hour', c.created_at, 'UTC') AS hour, -sum(e.bytes) AS bytes
      FROM page p
      JOIN traffic_entry c ON c.account_id = p.id AND c.kind = 'charge' AND c.link_id IS NOT NULL AND c.created_at >= $3
      JOIN traffic_entry e ON e.link_id = c.link_id GROUP BY 1, 2, 3),
  kept AS (SELECT u.* FROM page p JOIN host_usage u ON u.account_id = p.id AND u.hour >= $3),
  compared AS (
    SELECT id AS account_id, 'balance' AS of, NULL AS platform, NULL::timestamptz AS hour, traffic_left AS kept,
           coalesce((SELECT sum(bytes) FROM traffic_entry WHERE account_id = page.id), 0) AS ledger
      FROM page
    UNION ALL
    SELECT account_id, 'usage', platform, hour, coalesce(kept.bytes, 0), coalesce(charged.bytes, 0)
      FROM charged FULL JOIN kept USING (account_id, platform, hour))
  SELECT p.id, p.email, c.of, c.platform, c.hour, c.kept::bigint, c.ledger::bigint
    FROM page p LEFT JOIN compared c ON c.account_id = p.id AND c.kept <> c.ledger
   ORDER BY p.id, c.of, c.platform, c.hour`

/** `limit`: accounts, all of them without it. */
export async function checkLedger(
  database: DataSource,
  clock: Clock,
  { after: [after] = [], limit }: Stretch = {},
): Promise<LedgerCheck> {
  const since = clock.now() - DAY_MS
  const firstHour = new Date(since - (since % 3_600_000))
  const rows = await database.query<
    ({ id: string; email: string } & (
      | Omit<LedgerFault, 'accountId' | 'email'>
      | { of: null; platform: null; hour: null; kept: null; ledger: null }
    ))[]
  >(CHECK, [after ?? null, limit ?? null, firstHour])
  return {
    accounts: [...new Set(rows.map(({ id }) => id))],
    faults: rows.flatMap(({ id: accountId, ...fault }) =>
      fault.of === null ? [] : [{ accountId, ...fault }],
    ),
  }
}
