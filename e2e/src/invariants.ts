import type { openDatabase } from '@obb/core/database'

export type Database = Awaited<ReturnType<typeof openDatabase>>

/** The highest numbers that may be held at once. */
export interface Limits {
  /** Fetches of one account on one platform. */
  maxDownloads: number
  /** Downloads of one operator account. */
  maxPerAccount: number
}

/** Bytes that a link of `l.id` or an entry's link came to, refund not counted. */
const net = (link: string) =>
  `(SELECT coalesce(-sum(n.bytes), 0) FROM traffic_entry n
     WHERE n.link_id = ${link} AND n.kind IN ('charge', 'adjustment'))`

/** NEVER is what must never be so; each query names its offenders. $1 now, $2 maxDownloads, $3 maxPerAccount. */
const NEVER: Record<string, string> = {
  'the balance is not the sum of its entries': `SELECT id::text FROM account a
     WHERE traffic_left <> (SELECT coalesce(sum(bytes), 0) FROM traffic_entry WHERE account_id = a.id)`,
  'the balance is negative': 'SELECT id::text FROM account WHERE traffic_left < 0',
  'the use of a platform is not what the ledger says': `SELECT account_id || ' ' || platform
     FROM (SELECT c.account_id, c.platform, date_trunc('hour', c.created_at, 'UTC') AS hour, -sum(e.bytes) AS bytes
             FROM traffic_entry c JOIN traffic_entry e USING (link_id) WHERE c.kind = 'charge' GROUP BY 1, 2, 3) ledger
     FULL JOIN host_usage kept USING (account_id, platform, hour)
    WHERE coalesce(ledger.bytes, 0) <> coalesce(kept.bytes, 0)`,
  'the use by a key is not what the ledger says': `SELECT account_id || ' ' || key_id
     FROM (SELECT c.account_id, date_trunc('day', c.created_at, 'UTC') AS day, -sum(e.bytes) AS bytes,
                  coalesce(c.key_id, '00000000-0000-0000-0000-000000000000') AS key_id
             FROM traffic_entry c JOIN traffic_entry e USING (link_id) WHERE c.kind = 'charge' GROUP BY 1, 2, 4) ledger
     FULL JOIN key_usage kept USING (account_id, day, key_id)
    WHERE coalesce(ledger.bytes, 0) <> coalesce(kept.bytes, 0)`,
  'a link and its charge are of different keys': `SELECT l.id FROM link l JOIN traffic_entry e ON e.link_id = l.id
     WHERE e.key_id IS DISTINCT FROM l.key_id`,
  'an unended link of an unfinished file is not marked so': `SELECT l.id FROM link l JOIN source_file f ON f.id = l.file_id
     WHERE l.ended_at IS NULL AND f.state <> 'done' AND NOT l.unfinished`,
  'a link is charged or refunded twice': `SELECT link_id FROM traffic_entry WHERE kind IN ('charge', 'refund')
     GROUP BY kind, link_id HAVING count(*) > 1`,
  'a link was not charged': `SELECT id FROM link l
     WHERE NOT EXISTS (SELECT FROM traffic_entry WHERE link_id = l.id AND kind = 'charge')`,
  'an entry is of no link': `SELECT id::text FROM traffic_entry e
     WHERE kind <> 'grant' AND NOT EXISTS (SELECT FROM link WHERE id = e.link_id)`,
  'a refund is not what the link came to': `SELECT link_id FROM traffic_entry e
     WHERE kind = 'refund' AND bytes <> ${net('e.link_id')}`,
  'a link says another charge than the ledger': `SELECT id FROM link l WHERE charged <> ${net('l.id')}`,
  'a link of a stored file came to more than its size': `SELECT l.id FROM link l
     JOIN source_file f ON f.id = l.file_id
     WHERE l.ended_at IS NULL AND f.state = 'done' AND l.charged > f.size`,
  'an account has two live links to a file': `SELECT account_id::text FROM link WHERE ended_at IS NULL
     GROUP BY account_id, file_id HAVING count(*) > 1`,
  'a failed or cancelled link was not refunded': `SELECT l.id FROM link l JOIN source_file f ON f.id = l.file_id
     WHERE (end_reason = 'failed' OR end_reason = 'cancelled' AND (f.done_at IS NULL OR f.done_at > l.ended_at))
     AND NOT EXISTS (SELECT FROM traffic_entry WHERE link_id = l.id AND kind = 'refund')`,
  'a link that lives or ended well was refunded': `SELECT id FROM link l
     WHERE (end_reason IS NULL OR end_reason = 'expired')
     AND EXISTS (SELECT FROM traffic_entry WHERE link_id = l.id AND kind = 'refund')`,
  'a live link is to a file that nobody fetches': `SELECT l.id FROM link l JOIN source_file f ON f.id = l.file_id
     WHERE l.ended_at IS NULL AND f.state IN ('idle', 'error')`,
  'a link to a pending file does not wait': `SELECT l.id FROM link l JOIN source_file f ON f.id = l.file_id
     WHERE l.ended_at IS NULL AND f.state = 'pending' AND NOT EXISTS (
       SELECT FROM waiting_fetch w WHERE w.file_id = l.file_id AND w.account_id = l.account_id)`,
  'what waits is not to be fetched, or nobody wants it': `SELECT file_id::text FROM waiting_fetch w
     WHERE NOT EXISTS (SELECT FROM link l JOIN source_file f ON f.id = l.file_id
       WHERE l.file_id = w.file_id AND l.account_id = w.account_id AND l.ended_at IS NULL
         AND (f.state = 'pending' OR f.state = 'downloading' AND f.lease_until <= $1))`,
  'an account is above its slots': `SELECT slot_account_id::text FROM source_file
     WHERE state = 'downloading' AND lease_until > $1
     GROUP BY platform, slot_account_id HAVING count(*) > $2::int`,
  'an operator account is above its limit': `SELECT host_account_id::text FROM pool_lease WHERE expires_at > $1
     GROUP BY host_account_id HAVING count(*) > $3::int`,
  'a worker holds a file that is not being fetched': `SELECT id::text FROM source_file
     WHERE (state = 'downloading') <> (worker IS NOT NULL) OR (state = 'downloading') <> (lease_until IS NOT NULL)`,
}

const SQL = Object.entries(NEVER)
  .map(([what, offenders], index) => `SELECT '${what}: ' || id AS broken FROM (${offenders}) o${index}(id)`)
  .join(' UNION ALL ')

/** brokenInvariants lists what is broken in this database at this time (epoch ms); empty if all holds. */
export async function brokenInvariants(database: Database, now: number, limits: Limits): Promise<string[]> {
  const { maxDownloads, maxPerAccount } = limits
  const rows = await database.query<{ broken: string }[]>(SQL, [new Date(now), maxDownloads, maxPerAccount])
  return rows.map(({ broken }) => broken)
}
