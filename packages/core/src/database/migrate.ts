import { runMigrations as runQueueMigrations } from 'bullmq'
import pg from 'pg'
import { dataSource } from './database.js'
import { grantRights, type RolePasswords } from './roles.js'

/** Any constant of our own: it makes migrations of this database run one after the other. */
const MIGRATION_LOCK = 0x0bb0_0001

/**
 * Brings a database up to date: OBB's tables and those of the queue's PostgreSQL backend. Safe to call again
 * and from several processes at once. Applications never do this on their own. `passwords`: of the roles that are made
 * for the processes.
 */
export function migrate(url: string, passwords: RolePasswords = {}): Promise<void> {
  return underLock(url, async (client) => {
    await runMigrations(url)
    await runQueueMigrations(client)
    await grantRights(client, passwords)
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
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await work(client)
  } finally {
    await client.end()
  }
}

async function runMigrations(url: string, names?: readonly string[]): Promise<void> {
  const database = await dataSource(url, { pool: 2, migrations: names }).initialize()
  try {
    await database.runMigrations()
  } finally {
    await database.destroy()
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
