import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ScratchDatabase, createEmptyDatabase } from '@obb/testing/postgres'
import pg from 'pg'
import { migrate, migrateTo, migrationNames } from './index.js'
import { BUILT_AHEAD, aheadName } from './migrations/built-ahead.js'

/** The migrations of commit 451b80e: those before the first that has indexes built ahead, and a few. */
const OLDER = migrationNames().slice(0, migrationNames().indexOf('StoreState1764090000000'))

/** All that there is in a schema, in words that two databases have in common. */
const CATALOG = `
  SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'invalid ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid
  UNION ALL SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('options %s %s', relname, reloptions) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'migration ' || name FROM migrations
  ORDER BY 1`

let old: ScratchDatabase
let client: pg.Client
beforeEach(async () => {
  old = await createEmptyDatabase()
  await migrateTo(old.url, OLDER)
  client = await connect(old.url)
})
afterEach(async () => {
  await client.end()
  await old.drop()
})

async function connect(url: string): Promise<pg.Client> {
  const connected = new pg.Client({ connectionString: url })
  await connected.connect()
  return connected
}

async function catalogOf(connected: pg.Client): Promise<string[]> {
  const { rows } = await connected.query<string[]>({ text: CATALOG, rowMode: 'array' })
  return rows.map(([line = '']) => line)
}

/** Whether somebody waits for others with a statement that begins so. */
async function waits(statement: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity
      WHERE starts_with(query, $1) AND wait_event_type = 'Lock' AND datname = current_database()`,
    [statement],
  )
  return rowCount === 1
}

describe('an upgrade', () => {
  it('makes of the tables of an older version the very same as of an empty database', async () => {
    const fresh = await createEmptyDatabase()
    await migrate(fresh.url)
    await migrate(old.url)
    const made = await connect(fresh.url)
    expect(await catalogOf(client)).toEqual(await catalogOf(made))
    for (const name of BUILT_AHEAD.keys())
      expect(await catalogOf(client)).toContainEqual(expect.stringContaining(` ${name} ON `))
    await made.end()
    await fresh.drop()
  })

  it('builds large indexes while others write, and ends when they do', async () => {
    const writer = await connect(old.url)
    await writer.query('BEGIN')
    await writer.query('LOCK TABLE link, source_file, traffic_entry IN ROW EXCLUSIVE MODE') // as a write does
    const done = migrate(old.url)
    while (!(await waits('CREATE INDEX CONCURRENTLY'))) await sleep(20)
    await client.query('BEGIN')
    await client.query('LOCK TABLE link, source_file, traffic_entry IN ROW EXCLUSIVE MODE NOWAIT')
    await client.query('COMMIT')
    await writer.query('COMMIT')
    await done
    await writer.end()
  })

  it('comes again to tables that somebody else holds, and keeps nobody from them meanwhile', async () => {
    const reader = await connect(old.url)
    await reader.query('BEGIN')
    await reader.query('LOCK TABLE link IN ACCESS SHARE MODE') // as a backup does
    const done = migrate(old.url)
    while (!(await waits('LOCK TABLE'))) await sleep(20)
    await client.query('SELECT count(*) FROM link') // does not queue behind it until the reader ends
    await reader.query('COMMIT')
    await done
    await reader.end()
  })

  it('makes an index anew that a crash left half built', async () => {
    const fresh = await createEmptyDatabase()
    await migrate(fresh.url)
    const half = aheadName('link_ended')
    await client.query(`CREATE INDEX ${half} ON link (id)`) // not even the right one
    await client.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${half}'::regclass`)
    await migrate(old.url)
    const made = await connect(fresh.url)
    expect(await catalogOf(client)).toEqual(await catalogOf(made))
    await made.end()
    await fresh.drop()
  })

  it('that several processes begin is done once', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(old.url)))
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id')
    expect(rows.map(({ name }) => name)).toEqual(migrationNames())
  })

  it('knows no limit of time, whatever the database says', async () => {
    await client.query(`ALTER DATABASE ${new URL(old.url).pathname.slice(1)} SET statement_timeout = 1`)
    await migrate(old.url)
  })
})
