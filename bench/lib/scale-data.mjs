/*
 * An installation that has been in use for long, written by SQL: so many files, a link to each, three entries of the
 * ledger for each link, and a user for every hundred. 70 % of the files are stored, 25 % known and 5 % gone; a link in
 * ten is live, and leads to a stored file. Triggers are off while it is written; what they would have kept is added up
 * once. All of it is a function of numbers, so that whoever measures knows what is there without asking.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'

const md5 = (text) => createHash('md5').update(text).digest('hex')

export const keyOf = (user) => `obb_${md5(`key${user}`)}`
export const emailOf = (user) => `u${user}@scale.test`
export const urlOf = (file) => `https://rapidgator.net/file/${md5(`h${file}`)}`
export const linkOf = (file) => md5(`l${file}`).slice(0, 24)
export const sha256Of = (file) => md5(`a${file}`) + md5(`b${file}`)
/** Who has the link to that file, of so many users. */
export const userOf = (file, users) => 1 + ((file * 7919 + Math.floor(file / 20)) % users)
/** A user in ten has a cap. */
export const isCapped = (user) => user % 10 === 0

const FILE_ID = (n) => `overlay(overlay(md5('f' || ${n}) placing '4' from 13) placing 'a' from 17)::uuid`
const USER_ID = (n) => `overlay(overlay(md5('u' || ${n}) placing '4' from 13) placing 'a' from 17)::uuid`
const PLATFORMS = [
  'RapidGator',
  'RapidGator',
  'RapidGator',
  'RapidGator',
  'NitroFlare',
  'NitroFlare',
  'OneFichier',
].concat('Keep2share', 'MediaFire', 'Fikper')
const PLATFORM = (n) => `('{${PLATFORMS.join(',')}}'::text[])[1 + ${n} % 10]`
/** 0 to 1, by chance but always the same. */
const CHANCE = (n) => `((hashint4(${n}) & 2147483647) / 2147483647::float8)`
/** Older entries of links that are gone, for each link. */
const OLD_ENTRIES = 2

/** $1 files, $2 users. */
const ROWS = [
  `INSERT INTO account (id, email, traffic_left, traffic_max, daily_per_host, created_at)
   SELECT ${USER_ID('n')}, 'u' || n || '@scale.test', 0, 2e15, CASE WHEN n % 10 = 0 THEN 1e14 END, now() - interval '300 days'
     FROM generate_series(1, $2::int) n WHERE $1::int > 0`,
  `INSERT INTO api_key (id, hash, account_id, created_at)
   SELECT gen_random_uuid(), sha256(convert_to('obb_' || md5('key' || n), 'UTF8')), ${USER_ID('n')}, now()
     FROM generate_series(1, $2::int) n WHERE $1::int > 0`,
  `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, size, host_hash_algorithm, host_hash,
                            checked_at, refusal, refused_until, wanted_at, next_attempt_at, claim, object_key, sha256, md5,
                            crc32c, done_at, last_access_at, created_at, updated_at)
   SELECT ${FILE_ID('n')}, ${PLATFORM('n')}, md5('h' || n), 'https://rapidgator.net/file/' || md5('h' || n), s.state,
          'Some.Release.Name.S01E' || n % 99 || '.1080p.WEB.x264-GRP.part' || n % 50 || '.rar',
          1000 + (n % 1000000)::bigint * 1000, 'md5', md5('hh' || n), t.at,
          CASE WHEN s.state = 'error' THEN 'file_gone' END,
          CASE WHEN s.state = 'error' THEN t.at + interval '1 hour' END, t.at, t.at, 1,
          CASE WHEN s.done THEN 'o/' || md5('f' || n) || '/1' END, CASE WHEN s.done THEN md5('a' || n) || md5('b' || n) END,
          CASE WHEN s.done THEN md5('c' || n) END, CASE WHEN s.done THEN '0badcafe' END, CASE WHEN s.done THEN t.at END,
          CASE WHEN s.done THEN t.at END, t.at, t.at
     FROM generate_series(1, $1::int) n
    CROSS JOIN LATERAL (
      SELECT CASE WHEN n % 20 < 14 THEN 'done' WHEN n % 20 < 19 THEN 'idle' ELSE 'error' END AS state,
             n % 20 < 14 AS done) s
    CROSS JOIN LATERAL (
      SELECT now() - CASE WHEN s.done THEN interval '13 days' ELSE interval '200 days' END * ${CHANCE('n')} AS at) t
    WHERE $2::int > 0`,
  `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason, refusal)
   SELECT substr(md5('l' || n), 1, 24), ${USER_ID('(1 + (n::bigint * 7919 + n / 20) % $2)')}, ${FILE_ID('n')},
          'rapidgator.net', 1000 + (n % 1000000)::bigint * 1000, c.at, c.at + interval '7 days',
          CASE WHEN NOT c.live THEN c.at + CASE WHEN n % 20 < 19 THEN interval '7 days' ELSE interval '5 minutes' END END,
          CASE WHEN c.live THEN NULL WHEN n % 20 < 19 THEN 'expired' ELSE 'failed' END,
          CASE WHEN NOT c.live AND n % 20 >= 19 THEN 'file_gone' END
     FROM generate_series(1, $1::int) n
    CROSS JOIN LATERAL (
      SELECT n % 10 = 0 AS live, CASE WHEN n % 10 = 0 THEN now() - interval '6.9 days' * ${CHANCE('n')}
                             ELSE now() - interval '7 days' - interval '63 days' * ${CHANCE('n')} END AS at) c`,
  `INSERT INTO traffic_entry (account_id, kind, bytes, note, created_at)
   SELECT ${USER_ID('n')}, 'grant', 2e15, 'first grant', now() - interval '300 days'
     FROM generate_series(1, $2::int) n WHERE $1::int > 0`,
  `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT ${USER_ID('(1 + n::bigint * 7919 % $2)')}, 'charge', -1000, ${PLATFORM('n')}, substr(md5('x' || n), 1, 24),
          now() - interval '70 days' - interval '200 days' * (1 - n::float8 / ($1 * ${OLD_ENTRIES}))
     FROM generate_series(1, $1::int * ${OLD_ENTRIES}) n`,
  `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT account_id, 'charge', -charged, 'RapidGator', id, created_at FROM link WHERE $1::int > 0 AND $2::int > 0`,
  `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT account_id, 'refund', charged, 'RapidGator', id, ended_at FROM link
    WHERE end_reason = 'failed' AND $1::int > 0 AND $2::int > 0`,
]

/** What triggers keep. */
const DERIVED = [
  `UPDATE account SET traffic_left = e.bytes
     FROM (SELECT account_id, sum(bytes) AS bytes FROM traffic_entry GROUP BY 1) e WHERE e.account_id = account.id`,
  `UPDATE stored_bytes s SET bytes = c.bytes
     FROM (SELECT stored_bytes_shard(id) AS shard, sum(stored_bytes_of(state, object_key, size)) AS bytes
             FROM source_file GROUP BY 1) c
    WHERE c.shard = s.shard`,
  `INSERT INTO host_usage (account_id, hour, platform, bytes)
   SELECT account_id, date_trunc('hour', created_at, 'UTC'), platform, -sum(bytes) FROM traffic_entry
    WHERE kind = 'charge' AND created_at > now() - interval '2 days' GROUP BY 1, 2, 3`,
  `INSERT INTO key_usage (account_id, day, key_id, bytes, links, charged_at)
   SELECT account_id, date_trunc('day', created_at, 'UTC'), '00000000-0000-0000-0000-000000000000', -sum(bytes),
          count(*), max(created_at)
     FROM traffic_entry WHERE kind = 'charge' AND created_at > now() - interval '92 days' GROUP BY 1, 2`,
]

const TABLES = ['account', 'api_key', 'source_file', 'link', 'traffic_entry']

/** Fills an empty, migrated database; the time it took, ms. */
export async function loadInstallation(url, { files, users }) {
  const begun = performance.now()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(
      `SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB';
       SET work_mem = '256MB'`,
    )
    const restore = await withoutIndexes(client)
    for (const statement of ROWS) await client.query(statement, [files, users])
    for (const statement of restore) await client.query(statement)
    for (const statement of DERIVED) await client.query(statement)
    // Not of tables that are empty yet: statistics would say that they are.
    await client.query(`VACUUM ANALYZE ${TABLES.join(', ')}`)
  } finally {
    await client.end()
  }
  return performance.now() - begun
}

/** Drops what is quicker made at once than row by row; the statements that make it. */
export async function withoutIndexes(client) {
  const { rows: constraints } = await client.query(
    `SELECT conrelid::regclass AS "table", conname AS name, pg_get_constraintdef(oid) AS definition, contype AS type
       FROM pg_constraint
      WHERE contype IN ('p', 'u') AND conrelid = ANY($1::regclass[])
         OR contype = 'f' AND (conrelid = ANY($1::regclass[]) OR confrelid = ANY($1::regclass[]))
      ORDER BY contype = 'f' DESC`,
    [TABLES],
  )
  for (const { table, name } of constraints)
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)
  const { rows: indexes } = await client.query(
    `SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
      WHERE indrelid = ANY($1::regclass[])`,
    [TABLES],
  )
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`)
  const add = ({ definition, name, table, type }) =>
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}${type === 'f' ? ' NOT VALID' : ''}`
  return [...indexes.map(({ definition }) => definition), ...constraints.toReversed().map(add)]
}
