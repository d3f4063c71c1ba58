import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { Fetchers } from './index.js'

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let fetchers: Fetchers

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  fetchers = new Fetchers(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  await database.query('DELETE FROM fetcher')
})

describe('the fetchers', () => {
  it('are alive while one of them was seen within twenty seconds', async () => {
    expect(await fetchers.anyAlive()).toBe(false)
    await fetchers.beat('one')
    clock.set(START + 19_999)
    expect(await fetchers.anyAlive()).toBe(true)
    clock.set(START + 20_000)
    expect(await fetchers.anyAlive()).toBe(false)
    await fetchers.beat('one')
    expect(await fetchers.anyAlive()).toBe(true)
  })

  it('have the slots of those that are alive', async () => {
    expect(await fetchers.slots()).toBe(0)
    await fetchers.beat('one', 8)
    clock.advance(10_000)
    await fetchers.beat('two', 3)
    expect(await fetchers.slots()).toBe(11)
    clock.advance(10_000)
    expect(await fetchers.slots()).toBe(3)
  })

  it('are listed while they are alive, with what each of them fetches', async () => {
    await fetchers.beat('gone', 1)
    clock.advance(20_000)
    await fetchers.beat('one', 8)
    await db.aFile({ state: 'downloading', worker: 'one' })
    const at = new Date(START + 20_000)
    expect(await fetchers.list()).toEqual([{ id: 'one', startedAt: at, seenAt: at, slots: 8, running: 1 }])
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
    clock.set(START + 20 * 60_000)
    await fetchers.beat('living')
    await fetchers.beat('leaving')
    clock.advance(1)
    await fetchers.leave('leaving')
    expect(await database.query('SELECT id, started_at AS at FROM fetcher')).toEqual([
      { id: 'living', at: new Date(START + 20 * 60_000) },
    ])
  })
})
