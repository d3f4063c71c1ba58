import { runMigrations as runQueueMigrations } from 'bullmq'
import pg from 'pg'
import type { DataSource } from 'typeorm'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildAhead } from './build-ahead.js'
import { dataSource } from './database.js'
import { unmarkRestore } from './restore-mark.js'
import { grantRights, type RolePasswords } from './roles.js'

/** Any constant of our own: it makes migrations of this database run one after the other. */
const MIGRATION_LOCK = 0x0bb0_0001
/** Between two looks whether somebody else is through, and between two tries of a migration, ms. */
const AGAIN_MS = 200
/**
 * Sessions of a migration have no limit of time, but for a lock they wait for less than PostgreSQL takes to see a
 * deadlock: so it is never a process at work that is ended over one, and none queues behind them for longer.
 */
const SESSIONS = '-c statement_timeout=0 -c lock_timeout=500'
/** For so long a migration is tried again while others hold what it needs, such as a backup, ms. */
const TRY_MS = 15 * 60_000
/** SQLSTATE of a lock that was not to be had, and of a deadlock. */
const HELD = new Set(['55P03', '40P01'])

const HELD_TOO_LONG =
  'The migration waits for tables that somebody else has held for a quarter of an hour: a backup, or a session of an ' +
  'administrator. End that (pg_stat_activity shows it), and start again: it goes on where it is.'

/**
 * Brings a database up to date: OBB's tables and those of the queue's PostgreSQL backend. Safe to call again
 * and from several processes at once. Applications never do this on their own. `passwords`: of the roles that are made
 * for the processes.
 *
 * No statement has a time limit. Processes of the version before go on meanwhile: large indexes are built beside them,
 * and each migration is a transaction of its own, which comes again when others hold its tables. Where one fails, those
 * before it are done. A restore that was killed once its rows were there is done with it.
 */
export function migrate(url: string, passwords: RolePasswords = {}): Promise<void> {
  return underLock(url, async (client) => {
    await buildAhead(client)
    await runMigrations(url)
    await runQueueMigrations(client)
    await grantRights(client, passwords)
    await unmarkRestore(client)
  })
}

/** OBB's tables as those of an older version that knew these migrations only; `migrate` is to follow. */
export function migrateTo(url: string, names: readonly string[]): Promise<void> {
  return underLock(url, () => runMigrations(url, names))
}

async function underLock(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query('SET statement_timeout = 0')
    await lock(client)
    await work(client)
  } finally {
    await client.end()
  }
}

/** Asks again and again: an index that is built concurrently would wait for whoever waits for the lock in PostgreSQL. */
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      MIGRATION_LOCK,
    ])
    if (rows[0]?.taken === true) return
    await sleep(AGAIN_MS)
  }
}

async function runMigrations(url: string, names?: readonly string[]): Promise<void> {
  const database = await dataSource(url, { pool: 2, sessions: SESSIONS, migrations: names }).initialize()
  const until = performance.now() + TRY_MS
  try {
    while (!(await ranAll(database))) {
      if (performance.now() > until) throw new Error(HELD_TOO_LONG)
      await sleep(AGAIN_MS)
    }
  } finally {
    await database.destroy()
  }
}

/** False where others hold what the next one needs; those before it are done. */
async function ranAll(database: DataSource): Promise<boolean> {
  try {
    await database.runMigrations()
    return true
  } catch (error) {
    const { driverError } = error as { driverError?: { code?: unknown } }
    if (HELD.has(String(driverError?.code))) return false
    throw error
  }
}

/** Statements that would bring the tables in line with the code: none, unless a migration is missing. */
export async function schemaDrift(url: string): Promise<string[]> {
  const database = await dataSource(url, { pool: 2 }).initialize()
  try {
    const { upQueries } = await database.driver.createSchemaBuilder().log()
    return upQueries.map((query) => query.query)
  } finally {
    await database.destroy()
  }
}
