import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { HostUsage, TrafficLedger } from './traffic-ledger.js'

const DAY_MS = 86_400_000

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let accountId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  accountId = await newAccount()
})

const newAccount = async () => (await db.anAccount({ traffic: 1e12 })).accountId

async function charge(bytes: number, platform = 'Sample'): Promise<string> {
  const linkId = randomUUID()
  await TrafficLedger.charge(database.manager, clock, { accountId, linkId, platform, bytes })
  return linkId
}

const used = async () => Object.fromEntries(await HostUsage.byPlatform(database, clock, accountId))
const wait = async (bytes: number, cap: number) =>
  (await HostUsage.window(database.manager, clock, { accountId, platform: 'Sample' })).secondsUntilFits(
    bytes,
    cap,
  )

describe('the use of a host in 24 hours', () => {
  it('counts charges of this account, by platform', async () => {
    await charge(10)
    await charge(20)
    await charge(5, 'Other')
    const before = await used()
    accountId = await newAccount()
    await charge(1)
    expect(before).toEqual({ Sample: 30, Other: 5 })
    expect(await used()).toEqual({ Sample: 1 })
  })

  it('counts a charge until the very millisecond 24 hours later', async () => {
    await charge(10)
    clock.set(START + DAY_MS - 1)
    expect(await used()).toEqual({ Sample: 10 })
    expect(await wait(1, 10)).toBe(1)
    clock.set(START + DAY_MS)
    expect(await used()).toEqual({})
    expect(await wait(1, 10)).toBe(0)
  })

  it('does not count what was given back, whenever it was charged', async () => {
    const link = await charge(10)
    await charge(3)
    clock.advance(1_000)
    await TrafficLedger.refund(database.manager, clock, [link])
    expect(await used()).toEqual({ Sample: 3 })
    expect(await wait(7, 10)).toBe(0)
    clock.set(START + DAY_MS + 500) // the charge has left the window, its refund has not
    await charge(10)
    expect(await used()).toEqual({ Sample: 10 })
    expect(await wait(1, 10)).toBe(DAY_MS / 1000)
  })

  it('says when a file fits: not before enough of it has passed', async () => {
    await charge(4)
    clock.advance(10_000)
    await charge(4)
    clock.advance(10_000)
    expect(await wait(2, 10)).toBe(0)
    expect(await wait(3, 10)).toBe(DAY_MS / 1000 - 20)
    expect(await wait(7, 10)).toBe(DAY_MS / 1000 - 10)
  })

  it('asks for a whole day where a file is beyond the cap itself', async () => {
    expect(await wait(11, 10)).toBe(DAY_MS / 1000)
  })

  it('agrees with a plain model: a file that fits after N seconds, and not one second earlier', async () => {
    const event = fc.record({
      gapMs: fc.integer({ min: 0, max: 8 * 3_600_000 }),
      bytes: fc.integer({ min: 0, max: 40 }),
      returned: fc.boolean(),
    })
    const fits = (charges: { at: number; bytes: number }[], at: number, bytes: number, cap: number) =>
      charges.filter((each) => each.at > at - DAY_MS).reduce((sum, each) => sum + each.bytes, 0) + bytes <=
      cap

    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 8 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        async (events, bytes, cap) => {
          clock.set()
          accountId = await newAccount()
          const kept: { at: number; bytes: number }[] = []
          for (const { gapMs, bytes: charged, returned } of events) {
            clock.advance(gapMs)
            const link = await charge(charged)
            if (returned) await TrafficLedger.refund(database.manager, clock, [link])
            else kept.push({ at: clock.now(), bytes: charged })
          }
          const seconds = await wait(bytes, cap)
          if (bytes > cap) return expect(seconds).toBe(DAY_MS / 1000)
          expect(fits(kept, clock.now() + seconds * 1000, bytes, cap)).toBe(true)
          if (seconds > 0) expect(fits(kept, clock.now() + (seconds - 1) * 1000, bytes, cap)).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })
})
