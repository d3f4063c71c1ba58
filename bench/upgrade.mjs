/*
 * npm run bench:upgrade: how long the migration of an installation of the first version (commit 451b80e) takes, and how
 * long the old version's writers wait for it. The schema is that of e2e/fixtures/451b80e.json.br, the data are written
 * by SQL: ten entries of the ledger and three links for each file; one of the links to a stored file is live.
 *
 *   BENCH_ENTRIES  entries of the ledger; 1000000
 *   BENCH_WRITERS  sessions that go on as the old version does: a link with its charge, a file's progress; 2
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { migrate, schemaDrift } from '@obb/core/database'
import { startPostgres } from '@obb/embedded-postgres'
import pg from 'pg'
import { say } from './lib/figures.mjs'
import { withoutIndexes } from './lib/scale-data.mjs'

const ENTRIES = Number(process.env.BENCH_ENTRIES ?? 1_000_000)
const WRITERS = Number(process.env.BENCH_WRITERS ?? 2)
const FILES = Math.ceil(ENTRIES / 10)
const USERS = Math.ceil(FILES / 100)
const SIZE = 1_000_000
/** Of each user at first: more than all writers charge. */
const GRANT = 1e15

const OLD = JSON.parse(
  brotliDecompressSync(readFileSync(new URL('../e2e/fixtures/451b80e.json.br', import.meta.url))).toString(),
)

const uuid = (kind, n) => `md5('${kind}' || ${n})::uuid`
const user = (n) => uuid('user', `(1 + (${n})::bigint * 7919 % ${USERS})`)
/** Of a file and its k-th link. */
const linkId = (n, k) => `substr(md5('link' || ${n} || '/' || ${k}), 1, 24)`

const ROWS = [
  `INSERT INTO account (id, email, traffic_left, traffic_max, created_at)
   SELECT ${uuid('user', 'n')}, 'u' || n || '@scale.test', 0, ${GRANT}, now() - interval '300 days'
     FROM generate_series(1, ${USERS}) n`,
  `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, size, object_key, sha256, done_at,
                            last_access_at, wanted_at, created_at, updated_at)
   SELECT ${uuid('file', 'n')}, 'RapidGator', md5('host' || n), 'https://rapidgator.net/file/' || md5('host' || n),
          CASE WHEN n % 4 = 0 THEN 'idle' ELSE 'done' END, 'Some.Release.S01E' || n % 99 || '.part' || n % 50 || '.rar',
          ${SIZE}, CASE WHEN n % 4 > 0 THEN 'o/' || md5('file' || n) || '/1' END,
          CASE WHEN n % 4 > 0 THEN md5('a' || n) || md5('b' || n) END, CASE WHEN n % 4 > 0 THEN t.at END, t.at, t.at, t.at, t.at
     FROM generate_series(1, ${FILES}) n, LATERAL (SELECT now() - interval '1 second' * (n % 9000000) AS at) t`,
  `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason)
   SELECT ${linkId('n', 'k')}, ${user('n + k')}, ${uuid('file', 'n')}, 'rapidgator.net', ${SIZE}, t.at,
          t.at + interval '7 days', CASE WHEN k > 0 OR n % 4 = 0 THEN t.at + interval '7 days' END,
          CASE WHEN k > 0 OR n % 4 = 0 THEN 'expired' END
     FROM generate_series(1, ${FILES}) n, generate_series(0, 2) k,
          LATERAL (SELECT now() - interval '1 second' * (n % 600000) - interval '10 days' * k AS at) t`,
  `INSERT INTO traffic_entry (account_id, kind, bytes, note, created_at)
   SELECT id, 'grant', ${GRANT}, 'first grant', created_at FROM account`,
  `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT account_id, 'charge', -charged, 'RapidGator', id, created_at FROM link`,
  // Of links that are gone.
  `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT ${user('n')}, CASE WHEN n % 2 = 0 THEN 'charge' ELSE 'refund' END, CASE WHEN n % 2 = 0 THEN -1000 ELSE 1000 END,
          'RapidGator', substr(md5('gone' || n / 2), 1, 24), now() - interval '200 days' + interval '1 second' * (n % 9000000)
     FROM generate_series(1, ${ENTRIES - 3 * FILES - USERS}) n`,
  `UPDATE account SET traffic_left = e.bytes
     FROM (SELECT account_id, sum(bytes) AS bytes FROM traffic_entry GROUP BY 1) e WHERE e.account_id = account.id`,
]
const COUNTS = ['traffic_entry', 'link', 'source_file', 'account']

async function connect(url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

async function makeOld(client) {
  for (const statement of OLD.ddl) await client.query(statement)
  await client.query('SET search_path TO DEFAULT; SET session_replication_role = replica')
  for (const name of ['public.migrations', 'bullmq.migration']) {
    await client.query(`DELETE FROM ${name}`)
    await client.query(
      `INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::${name}, $1)`,
      [OLD.tables[name]],
    )
  }
  await client.query(`SELECT setval('migrations_id_seq', (SELECT max(id) FROM migrations))`)
  await client.query(
    `SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'`,
  )
  const restore = await withoutIndexes(client)
  for (const statement of ROWS) await client.query(statement)
  for (const statement of restore) await client.query(statement)
  for (const table of COUNTS) await client.query(`VACUUM ANALYZE ${table}`)
}

/** What a gateway and a fetcher of the old version did at each turn, each in a transaction as there. */
async function write(client, figures, signal) {
  for (let n = 1; !signal.aborted; n = 1 + ((n * 31) % FILES)) {
    const begun = performance.now()
    try {
      await client.query('BEGIN')
      const { rows } = await client.query(`SELECT id FROM account WHERE id = ${user('$1::int')} FOR UPDATE`, [
        n,
      ])
      const link = randomBytes(12).toString('hex')
      await client.query(
        `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason)
         VALUES ($1, $2, ${uuid('file', '$3::int')}, 'rapidgator.net', 7, now(), now(), now(), 'expired')`,
        [link, rows[0].id, n],
      )
      await client.query(
        `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
         VALUES ($1, 'charge', -7, 'RapidGator', $2, now())`,
        [rows[0].id, link],
      )
      await client.query('UPDATE account SET traffic_left = traffic_left - 7 WHERE id = $1', [rows[0].id])
      await client.query('COMMIT')
      await client.query(
        `UPDATE source_file SET last_access_at = now() WHERE id = ${uuid('file', '$1::int')}`,
        [n],
      )
      figures.writes += 1
    } catch (error) {
      figures.failures.push(error.message)
      await client.query('ROLLBACK').catch(() => undefined)
    }
    figures.longestMs = Math.max(figures.longestMs, performance.now() - begun)
  }
}

/** A statement that took long, in the server's log. */
const SLOW = /duration: ([\d.]+) ms {2}(?:statement|execute [^:]*): ([^\n]*(?:\n\t[^\n]*)*)/g

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
const home = mkdtempSync(join(tmpdir(), 'obb-bench-upgrade-'))
const server = await startPostgres({ directory: join(home, 'postgres'), password: randomUUID() })
try {
  const maintenance = await connect(server.url())
  await maintenance.query('CREATE DATABASE obb TEMPLATE template0')
  const url = server.url('obb')
  const client = await connect(url)
  const begun = performance.now()
  await makeOld(client)
  const { rows: size } = await client.query(
    'SELECT pg_size_pretty(pg_database_size(current_database())) AS all',
  )
  for (const table of COUNTS) {
    const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${table}`)
    say(`${table}: ${rows[0].count.toLocaleString('en')}`)
  }
  say(`written in ${seconds(performance.now() - begun)}, ${size[0].all}`)
  await client.query('ALTER DATABASE obb SET log_min_duration_statement = 1000') // in the server's log
  const figures = { writes: 0, failures: [], longestMs: 0 }
  const stop = new AbortController()
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => connect(url)))
  const writers = clients.map((each) => write(each, figures, stop.signal))
  const start = performance.now()
  await migrate(url)
  const took = performance.now() - start
  stop.abort()
  await Promise.all(writers)
  await Promise.all(clients.map((each) => each.end()))
  const { rows: after } = await client.query(
    'SELECT pg_size_pretty(pg_database_size(current_database())) AS all',
  )
  say(
    `migrated in ${seconds(took)}, ${after[0].all}; statements that are missing: ${(await schemaDrift(url)).length}`,
  )
  const { writes, failures, longestMs } = figures
  say(`writers: ${writes} writes meanwhile, ${failures.length} failed, longest ${seconds(longestMs)}`)
  for (const failure of new Set(failures)) say(`  ${failure}`)
  for (const [, ms, statement] of readFileSync(join(server.directory, 'postgres.log'), 'utf8').matchAll(SLOW))
    say(`  ${seconds(Number(ms)).padStart(8)}  ${statement.replace(/\s+/g, ' ').slice(0, 100)}`)
  const { rows: wrong } = await client.query(
    `SELECT count(*)::int AS count FROM account a
      WHERE traffic_left <> (SELECT sum(bytes) FROM traffic_entry WHERE account_id = a.id)`,
  )
  say(`balances that are not as the ledger says: ${wrong[0].count} of ${USERS}`)
  await client.end()
  await maintenance.end()
  if (failures.length > 0 || wrong[0].count > 0) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}
