import pg from 'pg'
import type { EntityManager } from 'typeorm'
import type { NightlyBackupRow } from './nightly-backup.table.js'

export type NightlyBackup = Omit<NightlyBackupRow, 'onlyOne'>

const MAX_FAILURE = 500
/** Whoever stops does not wait for longer, ms. */
const PATIENCE_MS = 3_000

/** How the nightly backups do; undefined while they are off. */
export async function nightlyBackup(
  database: Pick<EntityManager, 'query'>,
): Promise<NightlyBackup | undefined> {
  const [row] = await database.query<NightlyBackup[]>(
    'SELECT since, made_at AS "madeAt", failed_at AS "failedAt", failure FROM nightly_backup',
  )
  return row
}

/** For all processes to read. `databaseUrl`: of the owner of the tables. `state`: undefined is that they are off. */
export async function recordNightlyBackup(
  databaseUrl: string,
  state: NightlyBackup | undefined,
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'obb backup',
  })
  client.on('error', () => undefined) // the statement under way fails
  await client.connect()
  try {
    if (state === undefined) await client.query('DELETE FROM public.nightly_backup')
    else
      await client.query(
        `INSERT INTO public.nightly_backup (since, made_at, failed_at, failure) VALUES ($1, $2, $3, $4)
         ON CONFLICT (only_one) DO UPDATE
           SET since = excluded.since, made_at = excluded.made_at, failed_at = excluded.failed_at,
               failure = excluded.failure`,
        [state.since, state.madeAt, state.failedAt, state.failure?.slice(0, MAX_FAILURE)],
      )
  } finally {
    await client.end()
  }
}
