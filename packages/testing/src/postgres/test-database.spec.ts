import { describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createEmptyDatabase, databaseLike } from './test-database.js'

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

  it('is a copy of a template that is made once', async () => {
    let fills = 0
    const fill = async (url: string) => {
      fills++
      await query(url, 'CREATE TABLE filled (id int)')
    }
    const [one, two] = await Promise.all([databaseLike('notes', fill), databaseLike('notes', fill)])
    await query(one.url, 'CREATE TABLE note (id int)')
    expect(await query(two.url, TABLES)).toEqual([{ table_name: 'filled' }])
    expect(fills).toBe(1)
    await Promise.all([one.drop(), two.drop()])
  })
})
