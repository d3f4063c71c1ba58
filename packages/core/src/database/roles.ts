import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import pg from 'pg'
import { ROLE_HOLDERS, type RoleHolder, roleOf, rolePasswordOf } from '../config/index.js'
import { FETCH_QUEUE, HOST_CALL_QUEUE } from '../queue/index.js'

/*
 * What each process may do in the database, and nothing else: no process owns anything, makes or drops anything, or
 * reads the server's files. Triggers run as the process that set them off, so their reads and writes are in here too:
 * - a file's state or place in the store: `stored_bytes_change`, `waiting_fetch`, `link.unfinished`
 * - an entry of traffic: `host_usage`, `key_usage`
 * - a block: `block_revision`
 * - an account's state: `session`, `sign_in`, and all that notifies
 * What a foreign key deletes or looks up is done by the owner.
 */

const READ = 'SELECT'
const ADD = 'SELECT, INSERT'
const EDIT = 'SELECT, UPDATE'
const WRITE = 'SELECT, INSERT, UPDATE'
const ALL = 'SELECT, INSERT, UPDATE, DELETE'

/** What a download is told of a file: not its URL, nor what is sealed for its host. */
const STORED = `id, platform, name, size, size_told, state, generation, object_key, upload_id, part_size, bytes_done, sha256, md5,
  crc32c, done_at, last_access_at, refusal`
/** What the proxy's transitions write: a use, and that a file is to be fetched again. */
const WANTED = `state, generation, object_key, upload_id, bytes_done, wanted_at, next_attempt_at, attempts, yields,
  worker_deaths, tried_alone, stored_at_death, updated_at, last_access_at`

/** The rights of every table, by who has them; `npm test` holds that no table is missing. */
export const RIGHTS: Readonly<Record<string, Partial<Record<RoleHolder, string>>>> = {
  account: {
    api: WRITE,
    fetcher: 'SELECT, UPDATE (traffic_left, unlinked_at)', // who it is, and its role, are not the fetcher's to say
    proxy: 'SELECT (id, state, expires_at)',
  },
  api_key: { api: ALL },
  audit_entry: { api: ALL },
  bandwidth_share: { api: READ, fetcher: ALL },
  block: { api: ALL, fetcher: WRITE },
  block_revision: { api: EDIT, fetcher: EDIT },
  device_grant: { api: ALL },
  discarded_object: { api: ADD, fetcher: ALL },
  document: { api: ALL, fetcher: ALL },
  fetch_share: { api: ALL, fetcher: ALL },
  fetcher: { api: READ, fetcher: ALL },
  finding: { api: ALL },
  finding_look: { api: EDIT },
  file_pieces: { api: ALL, fetcher: ALL, proxy: WRITE },
  folder: { api: ALL, fetcher: 'SELECT, UPDATE, DELETE' },
  hash_state: { api: ALL, fetcher: ALL },
  host_account: { api: ALL, fetcher: 'SELECT, UPDATE, DELETE' },
  host_health: { api: EDIT, fetcher: WRITE },
  host_outcome: { api: READ, fetcher: ALL },
  host_setting: { api: WRITE, fetcher: READ, proxy: 'SELECT (platform, max_chunks)' },
  host_usage: { api: WRITE, fetcher: ALL },
  host_wish: { api: ALL },
  host_words: { api: READ, fetcher: ALL },
  installation: { api: EDIT, fetcher: WRITE, proxy: READ },
  invitation: { api: ALL },
  key_usage: { api: WRITE, fetcher: ALL },
  level: { api: READ, fetcher: ALL },
  link: {
    api: WRITE,
    fetcher: 'SELECT, UPDATE, DELETE',
    proxy: `SELECT (id, name, file_id, account_id, created_at, ended_at, expires_at, unfinished, request_id,
      traceparent), UPDATE (unfinished)`,
  },
  mail: { api: ALL },
  linked_identity: { api: ALL },
  migrations: { api: 'SELECT (name)', fetcher: 'SELECT (name)', proxy: 'SELECT (name)' },
  nightly_backup: { api: READ },
  notification: { api: ALL },
  notification_look: { api: EDIT },
  notification_quiet: { api: ALL },
  notification_setting: { api: ALL },
  notification_webhook: { api: ALL },
  oidc_attempt: { api: ALL },
  passkey: { api: ALL },
  passkey_challenge: { api: ALL },
  platform_queue: { api: ALL, fetcher: ALL },
  pool_lease: { api: ALL, fetcher: ALL },
  // What others say of their clients is not a proxy's to read.
  proxy: { api: READ, proxy: 'SELECT (id, seen_at), INSERT, UPDATE, DELETE' },
  second_factor: { api: ALL },
  session: { api: ALL },
  set_up: { api: EDIT },
  share: { api: ALL, proxy: 'SELECT, UPDATE (downloads, clients)' },
  sign_in: { api: ALL },
  source_file: { api: WRITE, fetcher: ALL, proxy: `SELECT (${STORED}), UPDATE (${WANTED})` },
  status_page: { api: EDIT },
  store_health: { api: 'SELECT, UPDATE (test_requested_at)', fetcher: EDIT, proxy: READ },
  store_sweep: { api: ALL, fetcher: ALL },
  stored_bytes: { api: READ, fetcher: EDIT },
  stored_bytes_change: { api: ADD, fetcher: ALL, proxy: 'INSERT' },
  traffic_entry: { api: ADD, fetcher: ALL },
  waiting_fetch: { api: ALL, fetcher: ALL, proxy: ALL },
}

/** The schema of BullMQ's PostgreSQL backend, and who has a queue in it. */
const QUEUE_SCHEMA = 'bullmq'
const OF_QUEUE: readonly RoleHolder[] = ['api', 'fetcher']

export type RolePasswords = Partial<Record<RoleHolder, string>>

/**
 * Makes the roles whose passwords are given and grants every role that is there what its process needs: the same
 * afterwards, however often. Run by the owner of the tables, after the migrations. Raises Error, saying what to do, where
 * a role is missing that this user may not make.
 */
export async function grantRights(client: pg.Client, passwords: RolePasswords): Promise<void> {
  await client.query('BEGIN')
  try {
    for (const process of ROLE_HOLDERS) await ensureRole(client, process, passwords[process])
    const { rows } = await client.query<{ role: string }>('SELECT rolname AS role FROM pg_roles')
    const there = new Set(rows.map(({ role }) => role))
    const processes = ROLE_HOLDERS.filter((process) => there.has(roleOf(process)))
    if (processes.length > 0) await client.query(grantsOf(processes).join(';\n'))
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function ensureRole(
  client: pg.Client,
  process: RoleHolder,
  password: string | undefined,
): Promise<void> {
  if (password === undefined) return
  const role = roleOf(process)
  const { rows } = await client.query<{ exists: boolean; mayMake: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS exists, rolsuper OR rolcreaterole AS "mayMake"
       FROM pg_roles WHERE rolname = current_user`,
    [role],
  )
  const { exists = false, mayMake = false } = rows[0] ?? {}
  if (mayMake)
    await client.query(`${exists ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD '${verifierOf(password)}'`)
  else if (!exists)
    throw new Error(
      `PostgreSQL has no role ${role}, and this user may not make it. Have an administrator run: ` +
        `CREATE ROLE ${role} LOGIN PASSWORD '…', with the ${rolePasswordOf(process)} of the settings.`,
    )
}

/** All rights anew, in one transaction: whoever is connected notices only what is different. */
function grantsOf(processes: readonly RoleHolder[]): string[] {
  const roles = processes.map(roleOf).join(', ')
  const tables = Object.keys(RIGHTS)
  const ofTables = tables.flatMap((table) =>
    processes.flatMap((process) => {
      const rights = RIGHTS[table]?.[process]
      return rights === undefined ? [] : [`GRANT ${rights} ON ${table} TO ${roleOf(process)}`]
    }),
  )
  const ofQueue = processes
    .filter((process) => OF_QUEUE.includes(process))
    .flatMap((process) => [
      `GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${roleOf(process)}`,
      `GRANT ${ALL} ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${roleOf(process)}`,
      `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${roleOf(process)}`,
    ])
  return [`REVOKE ALL ON ${tables.join(', ')} FROM ${roles}`, ...ofTables, ...JOB_IDS, ...ofQueue]
}

/** The queue makes its sequences when it first needs them, which its roles may not. */
const JOB_IDS = [FETCH_QUEUE, HOST_CALL_QUEUE].map(
  (queue) =>
    `CREATE SEQUENCE IF NOT EXISTS ${QUEUE_SCHEMA}.bullmq_jid_${createHash('md5').update(queue).digest('hex')}`,
)

const SCRAM_ROUNDS = 4096

/** What PostgreSQL keeps of a password (RFC 5803): so that the password itself stands in no statement and no log. */
function verifierOf(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, SCRAM_ROUNDS, 32, 'sha256')
  const keyOf = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64')
  const server = keyOf('Server Key').toString('base64')
  return `SCRAM-SHA-256$${SCRAM_ROUNDS}:${salt.toString('base64')}$${stored}:${server}`
}
