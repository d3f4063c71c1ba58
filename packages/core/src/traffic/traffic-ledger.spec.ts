import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { TrafficLedger } from './traffic-ledger.js'

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
  accountId = await newAccount(0)
})

const newAccount = async (traffic: number) => (await db.anAccount({ traffic })).accountId

const charge = (linkId: string, bytes: number, account = accountId) =>
  database.transaction((tx) =>
    TrafficLedger.charge(tx, clock, { accountId: account, linkId, platform: 'Sample', bytes }),
  )
const refund = (...linkIds: string[]) =>
  database.transaction((tx) => TrafficLedger.refund(tx, clock, linkIds))

async function balance(account = accountId): Promise<{ left: number; max: number; sum: number }> {
  const [row] = await database.query<[{ left: number; max: number; sum: number }]>(
    `SELECT traffic_left AS left, traffic_max AS max,
            (SELECT coalesce(sum(bytes), 0)::bigint FROM traffic_entry WHERE account_id = $1) AS sum
       FROM account WHERE id = $1`,
    [account],
  )
  return row
}

describe('the traffic ledger', () => {
  it('charges no more than there is, however many charge at once', async () => {
    await TrafficLedger.grant(database.manager, clock, accountId, 4_000, null)
    const paid = await Promise.all(Array.from({ length: 200 }, () => charge(randomUUID(), 100)))
    expect(paid.filter(Boolean)).toHaveLength(40)
    expect(await balance()).toEqual({ left: 0, max: 4_000, sum: 0 })
    expect(await TrafficLedger.entries(database, accountId)).toHaveLength(41)
  })

  it('changes nothing if the traffic does not suffice, and takes the last byte', async () => {
    await TrafficLedger.grant(database.manager, clock, accountId, 99, null)
    expect(await charge('too-much', 100)).toBe(false)
    expect(await balance()).toEqual({ left: 99, max: 99, sum: 99 })
    expect(await charge('just-enough', 99)).toBe(true)
    expect((await balance()).left).toBe(0)
  })

  it('charges a file of no bytes without any traffic', async () => {
    expect(await charge('nothing', 0)).toBe(true)
    expect(await balance()).toEqual({ left: 0, max: 0, sum: 0 })
  })

  it('keeps sizes beyond 32 bits exact', async () => {
    await TrafficLedger.grant(database.manager, clock, accountId, 9_000_000_000_000_001, null)
    await charge('large', 8_999_999_999_999_999)
    expect(await balance()).toMatchObject({ left: 2, sum: 2 })
  })

  it('charges a link once: the second charge breaks its transaction off', async () => {
    await TrafficLedger.grant(database.manager, clock, accountId, 1_000, null)
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => charge('only-once', 100)))
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    expect(await balance()).toEqual({ left: 900, max: 1_000, sum: 900 })
  })

  it('gives the links of several accounts back in one go, each what it was charged', async () => {
    const other = await newAccount(500)
    await TrafficLedger.grant(database.manager, clock, accountId, 1_000, null)
    await charge('mine-1', 100)
    await charge('mine-2', 200)
    await charge('others', 300, other)
    await charge('kept', 400)
    await refund('mine-1', 'mine-2', 'others')
    expect(await balance()).toEqual({ left: 600, max: 1_000, sum: 600 })
    expect(await balance(other)).toEqual({ left: 500, max: 500, sum: 500 })
  })

  it('gives a link back once, though asked again and by many at once', async () => {
    await TrafficLedger.grant(database.manager, clock, accountId, 1_000, null)
    await charge('returned', 700)
    await Promise.all(Array.from({ length: 20 }, () => refund('returned')))
    await refund('returned', 'returned')
    expect(await balance()).toEqual({ left: 1_000, max: 1_000, sum: 1_000 })
  })

  it('gives nothing back for a link that was never charged', async () => {
    await refund('never-charged')
    expect(await balance()).toEqual({ left: 0, max: 0, sum: 0 })
  })

  it('tells every movement in order', async () => {
    await TrafficLedger.grant(database.manager, clock, accountId, 1_000, 'bought')
    await charge('told', 250)
    await refund('told')
    const at = new Date(clock.now())
    const about = {
      createdAt: at,
      platform: 'Sample',
      linkId: 'told',
      keyId: null,
      keyName: null,
      note: null,
    }
    expect(await TrafficLedger.entries(database, accountId)).toEqual([
      {
        id: expect.any(String),
        createdAt: at,
        kind: 'grant',
        bytes: 1_000,
        platform: null,
        linkId: null,
        keyId: null,
        keyName: null,
        note: 'bought',
      },
      { id: expect.any(String), kind: 'charge', bytes: -250, ...about },
      { id: expect.any(String), kind: 'refund', bytes: 250, ...about },
    ])
  })

  it('refuses a grant to an account that does not exist', async () => {
    await expect(TrafficLedger.grant(database.manager, clock, randomUUID(), 1, null)).rejects.toThrow(
      /traffic_entry_account/,
    )
  })
})

describe('the database itself', () => {
  const enter = (kind: string, bytes: number) =>
    database.query(
      'INSERT INTO traffic_entry (account_id, kind, bytes, created_at) VALUES ($1, $2, $3, now())',
      [accountId, kind, bytes],
    )

  it('holds no negative balance', async () => {
    await expect(
      database.query('UPDATE account SET traffic_left = -1 WHERE id = $1', [accountId]),
    ).rejects.toThrow(/account_traffic_left_not_negative/)
  })

  it.each([
    ['charge', 1],
    ['grant', -1],
    ['refund', -1],
  ])('holds no %s of %i bytes', async (kind, bytes) => {
    await expect(enter(kind, bytes)).rejects.toThrow(/traffic_entry_sign/)
  })

  it('holds an adjustment of either sign, and no kind that it does not know', async () => {
    await enter('adjustment', -1)
    await enter('adjustment', 1)
    await expect(enter('gift', 1)).rejects.toThrow(/traffic_entry_(kind_known|sign)/)
  })
})
