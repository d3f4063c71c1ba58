import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect } from 'node:util'
import pg from 'pg'
import { type ScratchDatabase, createEmptyDatabase } from '@obb/testing/postgres'
import { Account } from '../accounts/index.js'
import { createTestDatabase } from '../testing/index.js'
import { migrate, openDatabase, schemaDrift } from './index.js'
import { migrations } from './migrations/index.js'

let postgres: ScratchDatabase
beforeEach(async () => {
  postgres = await createTestDatabase()
})
afterEach(() => postgres.drop())

async function query<T>(sql: string, url = postgres.url): Promise<T[]> {
  const database = await openDatabase(url, { pool: 2 })
  try {
    return await database.query<T[]>(sql)
  } finally {
    await database.destroy()
  }
}

describe('the migrations', () => {
  it('make of an empty database exactly what the code means, the queue’s tables included', async () => {
    const empty = await createEmptyDatabase()
    expect((await schemaDrift(empty.url)).length).toBeGreaterThan(0)
    await migrate(empty.url)
    expect(await schemaDrift(empty.url)).toEqual([])
    const ofQueue = `SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')`
    expect((await query(ofQueue, empty.url)).length).toBeGreaterThan(0)
    await empty.drop()
  })

  it('can be started by several processes at once', async () => {
    const empty = await createEmptyDatabase()
    await Promise.all(Array.from({ length: 4 }, () => migrate(empty.url)))
    expect(await query('SELECT name FROM migrations', empty.url)).toHaveLength(migrations.length)
    expect(await schemaDrift(empty.url)).toEqual([])
    await empty.drop()
  })

  it('can run again, and keep what is there', async () => {
    await query(
      `INSERT INTO account (id, email, created_at) VALUES (gen_random_uuid(), 'kept@a.test', now())`,
    )
    await migrate(postgres.url)
    expect(await query('SELECT email FROM account')).toEqual([{ email: 'kept@a.test' }])
    expect(await query('SELECT name FROM migrations')).toHaveLength(migrations.length)
  })

  it('show a column that the code does not know, and one that is missing', async () => {
    await query('ALTER TABLE account ADD COLUMN surplus text, DROP COLUMN daily_per_host')
    const drift = (await schemaDrift(postgres.url)).join('\n')
    expect(drift).toContain('surplus')
    expect(drift).toContain('daily_per_host')
  })

  it('cannot be taken back beyond the first', async () => {
    const database = await openDatabase(postgres.url, { pool: 2 })
    for (let taken = 1; taken < migrations.length; taken++) await database.undoLastMigration()
    await expect(database.undoLastMigration()).rejects.toThrow(/cannot be reverted/)
    await database.destroy()
    await migrate(postgres.url)
    expect(await schemaDrift(postgres.url)).toEqual([])
  })
})

describe('a database', () => {
  it('gives bytes and sums of bytes as numbers, exactly', async () => {
    const database = await openDatabase(postgres.url)
    const id = '00000000-0000-4000-8000-000000000000'
    const most = Number.MAX_SAFE_INTEGER
    await database.manager.insert(Account, {
      id,
      email: 'a@a.test',
      trafficLeft: most,
      createdAt: new Date(0),
    })
    const account = await database.manager.findOneByOrFail(Account, { id })
    expect(account).toMatchObject({ trafficLeft: most, dailyPerHost: null, createdAt: new Date(0) })
    expect(await database.query('SELECT sum(traffic_left)::bigint AS sum FROM account')).toEqual([
      { sum: most },
    ])
    await database.destroy()
  })

  it('whose connections are cut is used again on new ones', async () => {
    const database = await openDatabase(postgres.url, { pool: 3 })
    await Promise.all([1, 2, 3].map(() => database.query('SELECT pg_sleep(0.01)')))
    await query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    const outcomes = []
    for (let attempt = 0; attempt < 4; attempt++) {
      outcomes.push(await database.query<{ one: number }[]>('SELECT 1 AS one').catch(() => 'cut'))
    }
    expect(outcomes.at(-1)).toEqual([{ one: 1 }])
    await database.destroy()
  })

  it('that cannot be reached says so at once, and not its password', async () => {
    const url = new URL(postgres.url)
    url.port = '1'
    url.password = 'unspoken'
    const failure = await openDatabase(url.href).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ECONNREFUSED' })
    expect(inspect(failure, { depth: 10 })).not.toContain('unspoken')
    await expect(migrate(url.href)).rejects.toThrow()
  })
})

describe('a process', () => {
  it('survives that PostgreSQL ends a connection between two statements, which the next one tells', async () => {
    const database = await openDatabase(postgres.url)
    const client = new pg.Client({ connectionString: postgres.url }) // as BullMQ has it, without a listener
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const ended = new Promise((resolve) => client.once('end', resolve))
    await database.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await ended
    await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|closed/)
    await database.destroy()
  })
})
