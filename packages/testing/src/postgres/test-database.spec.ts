import { describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createEmptyDatabase, createTestDatabase } from './test-database.js'

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

const TABLES = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`

describe('a test database', () => {
  it('is empty, and apart from every other', async () => {
    const [one, two] = await Promise.all([createEmptyDatabase(), createEmptyDatabase()])
    await query(one.url, 'CREATE TABLE note (id int)')
    expect(await query(one.url, TABLES)).toEqual([{ table_name: 'note' }])
    expect(await query(two.url, TABLES)).toEqual([])
    await Promise.all([one.drop(), two.drop()])
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow(/does not exist/)
  })

  it('is dropped under a client that is still connected', async () => {
    const database = await createEmptyDatabase()
    const client = new pg.Client({ connectionString: database.url })
    const lost = new Promise((resolve) => client.on('error', resolve))
    await client.connect()
    await database.drop()
    expect(await lost).toBeInstanceOf(Error)
  })

  it('comes with every migration applied when asked for', async () => {
    const database = await createTestDatabase()
    const tables = await query<{ table_name: string }>(database.url, TABLES)
    expect(tables.length).toBeGreaterThan(3)
    await database.drop()
  })
})
