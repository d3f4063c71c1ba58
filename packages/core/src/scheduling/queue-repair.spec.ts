import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase, loadWaitingFiles } from '../testing/index.js'
import { QueueRepair } from './index.js'

const clock = new TestClock()

let db: TestDatabase
let database: DataSource

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  await database.query('TRUNCATE link, source_file CASCADE')
  await loadWaitingFiles(database, { platform: 'Sample', count: 4, accounts: 2, now: new Date(clock.now()) })
})

const repair = () => new QueueRepair(database, clock).repair()
const waiting = () =>
  database.query('SELECT file_id, account_id, due_at FROM waiting_fetch ORDER BY asked_at')

describe('the repair of the queue', () => {
  it('finds nothing where files and links say who waits', async () => {
    const before = await waiting()
    expect(before).toHaveLength(4)
    expect(await repair()).toBe(0)
    expect(await waiting()).toEqual(before)
  })

  it('adds who is missing and removes who does not wait, as two transactions at once may leave them', async () => {
    const before = await waiting()
    await database.query(
      'DELETE FROM waiting_fetch WHERE file_id = (SELECT min(file_id::text)::uuid FROM waiting_fetch)',
    )
    const done = await db.aFile({ state: 'done' })
    const { accountId } = await db.aLink({ file: done })
    await database.query(
      `INSERT INTO waiting_fetch (file_id, account_id, platform, size, missing, asked_at)
       VALUES ($1, $2, 'Sample', 1, 1, now())`,
      [done.id, accountId],
    )
    expect(await repair()).toBe(2)
    expect(await waiting()).toEqual(before)
  })

  it('marks the unfinished link that its file did not see when it was wanted again', async () => {
    await database.query('UPDATE link SET unfinished = false WHERE id = (SELECT min(id) FROM link)')
    expect(await repair()).toBe(1)
    await database.query(`UPDATE source_file SET state = 'downloading', lease_until = $1`, [
      new Date(clock.now() + 10_000),
    ])
    await database.query('UPDATE link SET unfinished = false')
    expect(await repair()).toBe(4)
    expect(await database.query('SELECT FROM link WHERE NOT unfinished')).toEqual([])
    expect(await repair()).toBe(0)
  })

  it('looks at a few at a time, comes to all, and begins again', async () => {
    const before = await waiting()
    const strays = new QueueRepair(database, clock)
    const lastFirst = 'ORDER BY file_id DESC LIMIT 1'
    await database.query(
      `DELETE FROM waiting_fetch WHERE file_id = (SELECT file_id FROM waiting_fetch ${lastFirst})`,
    )
    let mended = 0
    let pages = 0
    do {
      mended += await strays.repair(2)
      pages++
    } while (strays.isUnderWay)
    expect({ mended, pages }).toEqual({ mended: 1, pages: 3 })
    expect(await waiting()).toEqual(before)
    expect(await strays.repair(2)).toBe(0)
  })

  it('leaves what a dead worker left in its turn', async () => {
    const left = await db.aFile({ state: 'downloading' })
    const { accountId } = await db.aLink({ file: left })
    clock.advance(15_000)
    await database.query(
      `INSERT INTO waiting_fetch (file_id, account_id, platform, size, missing, asked_at)
       VALUES ($1, $2, 'Sample', 1, 1, now())`,
      [left.id, accountId],
    )
    expect(await repair()).toBe(0)
    expect(await waiting()).toHaveLength(5)
  })
})
