import type pg from 'pg'
import { BUILT_AHEAD, aheadName } from './migrations/built-ahead.js'

/** SQLSTATE of a table or a column that an older version did not have yet. */
const NOT_YET = new Set(['42P01', '42703'])

/**
 * Builds the large indexes of migrations that are to come, one after the other, while everybody goes on reading and
 * writing. One that was left half built, by a crash or a full disk, is dropped and made anew.
 */
export async function buildAhead(client: pg.Client): Promise<void> {
  const pending = await pendingOf(client)
  for (const [name, { migration, definition }] of BUILT_AHEAD) {
    if (!pending(migration) || (await isBuilt(client, aheadName(name)))) continue
    await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${aheadName(name)}`)
    try {
      await client.query(`CREATE INDEX CONCURRENTLY ${aheadName(name)} ON ${definition}`)
    } catch (error) {
      if (!NOT_YET.has(String((error as { code?: unknown }).code))) throw error
    }
  }
}

/** Which migrations have not run; none of a database that is new, where tables are small. */
async function pendingOf(client: pg.Client): Promise<(name: string) => boolean> {
  const { rows: there } = await client.query<{ isOurs: boolean }>(
    `SELECT to_regclass('migrations') IS NOT NULL AS "isOurs"`,
  )
  if (there[0]?.isOurs !== true) return () => false
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations')
  const run = new Set(rows.map(({ name }) => name))
  return (name) => run.size > 0 && !run.has(name)
}

async function isBuilt(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ valid: boolean }>(
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [name],
  )
  return rows[0]?.valid === true
}
