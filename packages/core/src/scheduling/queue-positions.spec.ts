import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase, loadWaitingFiles } from '../testing/index.js'
import { QueuePositions } from './index.js'

const clock = new TestClock()

let db: TestDatabase
let databases: DataSource[]
let database: DataSource
let platform: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  databases = [database, await db.another(), await db.another()]
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  platform = `P${randomUUID()}`
})

const positionsOf = (source = database, elapsed = () => 0) => new QueuePositions(source, clock, elapsed)
const load = (count: number, accounts: number) =>
  loadWaitingFiles(database, { platform, count, accounts, now: new Date(clock.now()) })

/** places gives the positions of files in the order in which they were asked for. */
async function places(): Promise<(number | null)[]> {
  const rows = await database.query<{ position: number | null }[]>(
    'SELECT position FROM waiting_fetch WHERE platform = $1 ORDER BY asked_at',
    [platform],
  )
  return rows.map(({ position }) => position)
}

describe('estimates of positions', () => {
  it('are made by one process at a time, however many ask, and again after some seconds', async () => {
    await load(10, 2)
    const estimates = async () => {
      const all = await Promise.all(databases.map((each) => positionsOf(each).tend([platform])))
      return all.flat()
    }
    expect(await estimates()).toEqual([platform])
    expect(await estimates()).toEqual([])
    clock.advance(3_000)
    expect(await estimates()).toEqual([platform])
  })

  it('take a twentieth of the time at most', async () => {
    await load(1, 1)
    let now = 0
    const slow = positionsOf(database, () => (now += 1_000))
    const places = () => database.query('SELECT position FROM waiting_fetch WHERE platform = $1', [platform])
    expect(await slow.tend([platform])).toEqual([platform])
    await database.query('UPDATE waiting_fetch SET position = NULL')
    clock.advance(19_999)
    expect(await slow.tend([platform])).toEqual([platform])
    expect(await places()).toEqual([{ position: null }])
    clock.advance(2_500)
    expect(await slow.tend([platform])).toEqual([platform])
    expect(await places()).toEqual([{ position: 1 }])
  })

  it('are of platforms where something waits, and end with what waits there', async () => {
    expect(await positionsOf().tend([platform])).toEqual([])
    await load(1, 1)
    expect(await positionsOf().tend([platform])).toEqual([platform])
    await database.query(`UPDATE source_file SET state = 'idle' WHERE platform = $1`, [platform])
    clock.advance(3_000)
    expect(await positionsOf().tend([platform])).toEqual([platform])
    clock.advance(3_000)
    expect(await positionsOf().tend([platform])).toEqual([])
  })

  it('write a place anew only where it moved by a twentieth', async () => {
    await load(100, 1)
    await positionsOf().tend([platform])
    expect(await places()).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    await database.query(
      `UPDATE source_file SET state = 'idle' WHERE id = (
         SELECT file_id FROM waiting_fetch WHERE platform = $1 ORDER BY asked_at LIMIT 1)`,
      [platform],
    )
    clock.advance(3_000)
    await positionsOf().tend([platform])
    const moved = await places()
    expect(moved.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(moved.slice(-20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 81))
  })

  it('are a turn of everybody who waits for a file that came since', async () => {
    await load(12, 3)
    await positionsOf().tend([platform])
    const account = await db.anAccount()
    const file = await db.aFile({ state: 'pending', platform })
    await db.aLink({ account, file })
    expect(await positionsOf().of(file.id, account.accountId)).toEqual({
      ...{ position: 4, bytesAhead: null, bytesPerSecond: 0 },
    })
  })
})
