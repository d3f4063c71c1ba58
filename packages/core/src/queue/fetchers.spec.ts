import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { type TestDatabase, createTestDatabase } from '@obb/testing/postgres'
import { openDatabase } from '../database/index.js'
import { Fetchers } from './index.js'

const START = Date.parse('2026-03-01T12:00:00Z')
let time = START

let postgres: TestDatabase
let database: DataSource
let fetchers: Fetchers

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = await openDatabase(postgres.url)
  fetchers = new Fetchers(database, { now: () => time })
})
afterAll(async () => {
  await database.destroy()
  await postgres.drop()
})
beforeEach(async () => {
  time = START
  await database.query('DELETE FROM fetcher')
})

describe('the fetchers', () => {
  it('are alive while one of them was seen within twenty seconds', async () => {
    expect(await fetchers.anyAlive()).toBe(false)
    await fetchers.beat('one')
    time = START + 19_999
    expect(await fetchers.anyAlive()).toBe(true)
    time = START + 20_000
    expect(await fetchers.anyAlive()).toBe(false)
    await fetchers.beat('one')
    expect(await fetchers.anyAlive()).toBe(true)
  })

  it('are gone at once when they leave, each for itself', async () => {
    await fetchers.beat('one')
    await fetchers.beat('two')
    await fetchers.leave('one')
    expect(await fetchers.anyAlive()).toBe(true)
    await fetchers.leave('two')
    expect(await fetchers.anyAlive()).toBe(false)
  })

  it('keep the time they started, and clear away those that were killed long ago', async () => {
    await fetchers.beat('killed')
    await fetchers.beat('leaving')
    time = START + 20 * 60_000
    await fetchers.beat('living')
    await fetchers.beat('leaving')
    time += 1
    await fetchers.leave('leaving')
    expect(await database.query('SELECT id, started_at AS at FROM fetcher')).toEqual([
      { id: 'living', at: new Date(START + 20 * 60_000) },
    ])
  })
})
