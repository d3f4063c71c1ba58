import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { HostSetting } from '../hosts/index.js'
import { AccountPool, HostAccount } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { BandwidthShares } from './index.js'

const clock = new TestClock()
const LIMIT = 1_000_000

let db: TestDatabase
let database: DataSource
let pool: AccountPool
let platform: string
let lowered: number[]

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  pool = new AccountPool(database, clock, new Vault(randomBytes(32)))
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  platform = `P${randomBytes(6).toString('hex')}`
  lowered = []
  await limitPlatform(LIMIT)
})

async function limitPlatform(bandwidth: number | null): Promise<void> {
  await database.manager.upsert(HostSetting, { platform, bandwidth, updatedAt: new Date(clock.now()) }, [
    'platform',
  ])
}

async function accountWith(bandwidth: number | null): Promise<string> {
  const id = await pool.add({ platform, label: 'one', credentials: {} })
  await database.manager.update(HostAccount, { id }, { bandwidth })
  return id
}

/** claim gives what `worker` gets of the platform, or of what `name` says. */
async function claim(worker: string, demand = Infinity, fetches = 1, name = platform) {
  const shares = new BandwidthShares(database, clock)
  const lower = (_name: string, share: number): void => void lowered.push(share)
  return (await shares.claim(worker, new Map([[name, { demand, fetches }]]), lower)).get(name)
}

const leave = (worker: string) =>
  new BandwidthShares(database, clock).claim(worker, new Map(), () => undefined)

describe('the shares of a bandwidth', () => {
  it('are the whole for one alone; who comes gets what the other has left once that one has claimed again', async () => {
    expect(await claim('one')).toBe(LIMIT)
    expect(await claim('two')).toBe(0)
    expect(lowered).toEqual([])
    expect(await claim('one')).toBe(LIMIT / 2)
    expect(lowered).toEqual([LIMIT / 2])
    expect(await claim('two', Infinity, 3)).toBe(LIMIT / 2)
    expect(await claim('one')).toBe(LIMIT / 4)
    expect(await claim('two', Infinity, 3)).toBe((3 * LIMIT) / 4)
  })

  it('give what one does not use to those that need it', async () => {
    await claim('one', LIMIT / 10)
    await claim('two')
    expect(await claim('one', LIMIT / 10)).toBeCloseTo(LIMIT / 10, 3)
    expect(await claim('two')).toBeCloseTo((9 * LIMIT) / 10, 3)
    expect(await claim('one', 0)).toBeCloseTo(LIMIT / 100, 3)
  })

  it('never exceed the limit, however many claim at the same time', async () => {
    const workers = Array.from({ length: 12 }, (_, index) => `worker ${index}`)
    // Whoever has the whole may be the last to claim anew, and the others get their share with the round after that.
    for (let round = 0; round < 3; round++) await Promise.all(workers.map((worker) => claim(worker)))
    const [{ sum }] = await database.query('SELECT sum(share) FROM bandwidth_share WHERE name = $1', [
      platform,
    ])
    expect(sum).toBeCloseTo(LIMIT, 3)
  })

  it('are given back at once by who ends, and by who is gone once its leases ran out', async () => {
    await claim('one')
    await leave('one')
    expect(await claim('two')).toBe(LIMIT)
    clock.advance(19_000)
    expect(await claim('three')).toBe(0)
    clock.advance(2_000)
    expect(await claim('three')).toBe(LIMIT)
  })

  it('are none where there is no limit, and follow one that changes', async () => {
    expect(await claim('one')).toBe(LIMIT)
    await limitPlatform(LIMIT / 2)
    expect(await claim('one')).toBe(LIMIT / 2)
    await limitPlatform(null)
    expect(await claim('one')).toBeUndefined()
    expect(await claim('one', Infinity, 1, await accountWith(null))).toBeUndefined()
  })

  it('of an account are its own: another one of the platform takes nothing from it', async () => {
    const [limited, other] = [await accountWith(LIMIT), await accountWith(3 * LIMIT)]
    expect(await claim('one', Infinity, 1, limited)).toBe(LIMIT)
    expect(await claim('two', Infinity, 1, other)).toBe(3 * LIMIT)
  })
})
