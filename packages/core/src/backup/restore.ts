import pg from 'pg'
import { ROLE_HOLDERS, roleOf } from '../config/index.js'
import {
  type RolePasswords,
  markRestore,
  migrate,
  migrateTo,
  migrationNames,
  restoreMark,
} from '../database/index.js'
import { BackupError } from './backup-error.js'
import { readParts } from './backup-file.js'
import type { Manifest } from './manifest.js'
import { PLAIN_TEXT, quoted, tablesOf } from './tables.js'
import { TableLoader } from './table-loader.js'

export interface RestoreRequest {
  /** Of the owner of the tables, or of who shall be. */
  databaseUrl: string
  path: string
  /** What `inspectBackup` says of the file. */
  manifest: Manifest
  /** Whether what is in the database may go. */
  replace: boolean
  /** Of the roles of the processes, as `migrate` takes them. */
  passwords?: RolePasswords
  /** Called once the rows are there, before they are migrated. */
  whenLoaded?: () => void
  /** Ends it; then nothing was changed. */
  signal?: AbortSignal
}

/** What tells a backup from others. */
export const backupId = ({ madeAt, keyId }: Pick<Manifest, 'madeAt' | 'keyId'>): string =>
  `${madeAt} ${keyId}`

/** The `backupId` of what was being restored into a database when that was killed; its rows are there. */
export async function unfinishedRestore(databaseUrl: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    return await restoreMark(client)
  } finally {
    await client.end()
  }
}

export interface Restored {
  madeAt: string
  /** How many of each table. */
  rows: Record<string, number>
}

/**
 * All that a backup holds, in one transaction: afterwards the database is as it was then, and migrated to this version,
 * or nothing of it has changed. Where it is killed in between, `migrate` or the same restore does the rest. Raises
 * BackupError where the file or the database is not fit for it, and what PostgreSQL raises.
 */
export async function restore({
  databaseUrl,
  path,
  manifest,
  replace,
  passwords = {},
  whenLoaded,
  signal,
}: RestoreRequest): Promise<Restored> {
  refuseNewer(path, manifest)
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'obb restore',
  })
  client.on('error', () => undefined) // the statement under way fails
  await client.connect()
  try {
    await client.query(PLAIN_TEXT)
    await refuseInUse(client)
    const isLoaded = !replace && (await restoreMark(client)) === backupId(manifest)
    if (!isLoaded) {
      await refuseUnfit(client, manifest, replace)
      await migrateTo(databaseUrl, manifest.migrations)
    }
    const rows = isLoaded ? await countRows(client) : await load(client, path, backupId(manifest), signal)
    whenLoaded?.()
    await migrate(databaseUrl, passwords)
    await client.query('ANALYZE')
    return { madeAt: manifest.madeAt, rows }
  } finally {
    await client.end()
  }
}

function refuseNewer(path: string, { migrations }: Manifest): void {
  const known = new Set(migrationNames())
  if (migrations.every((name) => known.has(name))) return
  throw new BackupError(`${path} was made by a newer OBB than this one. Restore it with that one.`)
}

async function refuseInUse(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (application_name = 'obb' OR usename::text = ANY($1))`,
    [ROLE_HOLDERS.map(roleOf)],
  )
  if (rows.length > 0)
    throw new BackupError(
      `Processes of OBB are connected to this database (${rows.length} connections). Stop them first.`,
    )
}

/** Who has something in one of these has an installation. */
const OF_PEOPLE = ['account', 'host_account', 'source_file', 'block']

async function refuseUnfit(client: pg.Client, { migrations }: Manifest, replace: boolean): Promise<void> {
  const { rows: there } = await client.query<{ isOurs: boolean }>(
    `SELECT to_regclass('public.migrations') IS NOT NULL AS "isOurs"`,
  )
  if (there[0]?.isOurs !== true) return
  const { rows: run } = await client.query<{ name: string }>('SELECT name FROM migrations')
  const later = run.filter(({ name }) => !migrations.includes(name))
  if (later.length > 0)
    throw new BackupError(
      'The tables of this database are those of a later version than the backup. Restore it into a database that ' +
        'is new (docs/backup.md); this version migrates it then.',
    )
  if (replace) return
  if (await isInUse(client))
    throw new BackupError(
      'This database is in use: it has users, accounts or files. Nothing was changed. --replace removes all of it.',
    )
}

/** Some of the tables are not there yet where an earlier restore, or a first start, was killed in its migrations. */
async function isInUse(client: pg.Client): Promise<boolean> {
  const there = new Set((await tablesOf(client)).map(({ name }) => name))
  for (const table of OF_PEOPLE.filter((name) => there.has(name))) {
    const { rowCount } = await client.query(`SELECT FROM ${quoted(table)} LIMIT 1`)
    if (rowCount === 1) return true
  }
  return false
}

/**
 * Triggers keep running totals and queues, which are tables of the backup themselves, so they rest meanwhile; foreign
 * keys are checked. What waits in the queue's PostgreSQL tables is about rows that are gone: sweeps wake again.
 */
async function load(
  client: pg.Client,
  path: string,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const loader = new TableLoader(client)
  await client.query('BEGIN')
  try {
    const tables = (await tablesOf(client)).map(({ name }) => quoted(name))
    await client.query(tables.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`).join(';'))
    await client.query(`TRUNCATE ${tables.join(', ')}`)
    await client.query('DROP SCHEMA IF EXISTS bullmq CASCADE')
    await readParts(path, (part) => loader.take(part), signal)
    await client.query(tables.map((table) => `ALTER TABLE ${table} ENABLE TRIGGER USER`).join(';'))
    await markRestore(client, id)
    await client.query('COMMIT')
    return loader.rows
  } catch (error) {
    await loader.abort()
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function countRows(client: pg.Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of await tablesOf(client)) {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${quoted(name)}`,
    )
    counts[name] = rows[0]?.count ?? 0
  }
  return counts
}
