import type { DataSource, EntityManager } from 'typeorm'

export interface WaitingFiles {
  platform: string
  count: number
  /** Accounts that wait for them in turn; they are made where they are not there. */
  accounts: number
  /** When they were asked for, the last of them; a second lies between two. */
  now: Date
}

/** Files that wait to be fetched, each with one link, by the thousand: nobody was charged for them. */
export const loadWaitingFiles = (database: DataSource, files: WaitingFiles): Promise<void> =>
  database.transaction(async (load) => {
    // Fifty thousand at once may take a slow machine longer than a statement of a process may.
    await load.query('SET LOCAL statement_timeout = 0')
    await insertFiles(load, files)
  })

async function insertFiles(load: EntityManager, files: WaitingFiles): Promise<void> {
  const { accounts, count, now, platform } = files
  await load.query(
    `INSERT INTO account (id, email, created_at)
     SELECT md5($1 || n)::uuid, $1 || n || '@a.test', $3 FROM generate_series(1, $2::int) n ON CONFLICT DO NOTHING`,
    [platform, accounts, now],
  )
  await load.query(
    `WITH n AS (
       SELECT gen_random_uuid() AS id, n, $4::timestamptz - interval '1 second' * ($2::int - n) AS at
         FROM generate_series(1, $2::int) n),
     file AS (
       INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, size, checked_at, wanted_at,
                                next_attempt_at, created_at, updated_at)
       SELECT id, $1, id::text, id::text, 'pending', 'a.bin', 100, at, at, at, at, at FROM n)
     INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT left(translate(id::text, '-', ''), 24), md5($1 || (1 + n % $3::int))::uuid, id, 'a.test', 100, at,
            at + interval '7 days'
       FROM n`,
    [platform, count, accounts, now],
  )
  // The trigger that marks a link does not see a file that its own statement makes.
  await load.query(
    'UPDATE link SET unfinished = true FROM source_file f WHERE f.id = link.file_id AND f.platform = $1',
    [platform],
  )
}
