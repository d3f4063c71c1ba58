import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { type DataSource, IsNull } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Account } from '../accounts/index.js'
import { Fetches } from '../fetches/index.js'
import { type Claim, SourceFile } from '../files/index.js'
import { Link } from '../links/index.js'
import { TestDatabase } from '../testing/index.js'
import { HostUsage } from './host-usage.js'
import { TrafficLedger } from './traffic-ledger.js'

const DAY_MS = 86_400_000
const TOLD = 100

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let fetches: Fetches
let file: SourceFile
let fileId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  fetches = new Fetches(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  file = await db.aFile({ state: 'pending', size: TOLD })
  fileId = file.id
})

/** An account that was charged for the file as its host told it, with this much traffic left after that. */
async function charged(left: number): Promise<{ accountId: string; linkId: string }> {
  const account = await db.anAccount({ traffic: TOLD + left })
  const { id: linkId } = await db.aLink({ account, file })
  return { accountId: account.accountId, linkId }
}

async function claimed(id = fileId): Promise<Claim> {
  const file = await fetches.claim({ fileId: id, generation: 1 }, 'one', 30_000)
  if (!file) throw new Error('not claimed')
  return { fileId: id, claim: file.claim, worker: 'one' }
}
const finishedWith = async (size: number) =>
  fetches.finish(await claimed(), { size, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) })

/** book gives what is left, which has to be the sum of the entries, and the entries after the grant. */
async function book(accountId: string): Promise<{ left: number; entries: [string, number][] }> {
  const { trafficLeft: left } = await database.manager.findOneByOrFail(Account, { id: accountId })
  const entries = await TrafficLedger.entries(database, accountId)
  expect(entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(left)
  return { left, entries: entries.slice(1).map(({ kind, bytes }) => [kind, bytes]) }
}
const ANY = expect.anything()
const linkOf = ({ linkId }: { linkId: string }) => database.manager.findOneByOrFail(Link, { id: linkId })
const chargeOf = async (linkId: string) =>
  (await database.manager.findOneByOrFail(Link, { id: linkId })).charged

describe('a file of another size than its host told', () => {
  it.each([
    ['larger', 130, -30, 20],
    ['smaller', 70, 30, 80],
    ['empty', 0, 100, 150],
  ])('that is %s is settled by an entry of its own', async (_, size, adjustment, left) => {
    const { accountId, linkId } = await charged(50)
    expect(await finishedWith(size)).toBe(true)
    expect(await book(accountId)).toEqual({
      left,
      entries: [
        ['charge', -TOLD],
        ['adjustment', adjustment],
      ],
    })
    expect(await chargeOf(linkId)).toBe(size)
    expect((await TrafficLedger.entries(database, accountId)).at(-1)).toMatchObject({
      linkId,
      platform: 'Sample',
    })
  })

  it('makes no entry where the size was right', async () => {
    const { accountId } = await charged(50)
    await finishedWith(TOLD)
    expect(await book(accountId)).toEqual({ left: 50, entries: [['charge', -TOLD]] })
  })

  it('ends the links of those who have too little traffic, with all that they cost; the others go on', async () => {
    const [poor, rich] = [await charged(29), await charged(30)]
    expect(await fetches.resize(await claimed(), 130)).toBe('resized')
    expect(await book(poor.accountId)).toEqual({
      left: TOLD + 29,
      entries: [
        ['charge', -TOLD],
        ['refund', TOLD],
      ],
    })
    expect(await linkOf(poor)).toMatchObject({
      ...{ endReason: 'failed', refusal: 'traffic_insufficient', retryAt: new Date(START + 60_000) },
    })
    expect(await book(rich.accountId)).toMatchObject({ left: 0, entries: [ANY, ['adjustment', -30]] })
    expect(await linkOf(rich)).toMatchObject({ endedAt: null, charged: 130 })
  })

  it('ends the links of those who would use more than they may of its host in 24 hours', async () => {
    const capped = await charged(1_000)
    const plan = { dailyPerHost: 10, hostCaps: { Sample: 129 } }
    await database.manager.update(Account, { id: capped.accountId }, plan)
    expect(await fetches.resize(await claimed(), 130)).toBe('unwanted')
    expect((await book(capped.accountId)).left).toBe(TOLD + 1_000)
    expect(await linkOf(capped)).toMatchObject({
      ...{ endReason: 'failed', refusal: 'host_usage_exceeded', retryAt: new Date(START + DAY_MS) },
    })
  })

  it('is fetched by nobody any more where nobody may have it, and its real size is known', async () => {
    await charged(29)
    const claim = await claimed()
    expect(await fetches.resize(claim, 130)).toBe('unwanted')
    expect(await database.manager.findOneByOrFail(SourceFile, { id: fileId })).toMatchObject({
      ...{ state: 'idle', size: 130, worker: null },
    })
    expect(await fetches.resize(claim, 140)).toBe('lost')
  })

  it('is charged for what has come of it where nobody knows its size, and keeps what came', async () => {
    const [poor, rich] = [await charged(29), await charged(100)]
    const claim = await claimed()
    await fetches.setUpload(claim, { objectKey: 'object', uploadId: 'upload', partSize: 8 })
    expect(await fetches.grow(claim, 130)).toBe('resized')
    expect(await linkOf(poor)).toMatchObject({ endReason: 'failed', refusal: 'traffic_insufficient' })
    expect((await book(rich.accountId)).left).toBe(70)
    expect(await database.manager.findOneByOrFail(SourceFile, { id: fileId })).toMatchObject({
      ...{ state: 'downloading', size: 130, sizeTold: false, uploadId: 'upload' },
    })
    expect(await fetches.grow(claim, 201)).toBe('unwanted')
    expect((await book(rich.accountId)).left).toBe(TOLD + 100)
    const given = await database.query('SELECT upload_id FROM discarded_object')
    expect(given).toEqual([{ upload_id: 'upload' }])
    expect(await fetches.grow(claim, 300)).toBe('lost')
  })

  it('never lets an account have more than its traffic and its caps, however often its size changes', async () => {
    const bytes = fc.nat({ max: 300 })
    const account = fc.record({
      traffic: bytes,
      cap: fc.option(bytes),
      wants: fc.tuple(fc.boolean(), fc.boolean()),
    })
    const steps = fc.array(fc.record({ at: fc.nat({ max: 1 }), size: bytes }), { minLength: 1, maxLength: 4 })
    const told = fc.tuple(bytes, bytes)
    await fc.assert(
      fc.asyncProperty(
        fc.array(account, { minLength: 1, maxLength: 3 }),
        told,
        steps,
        async (users, sizes, resizes) => {
          const files = await Promise.all(sizes.map((size) => db.aFile({ state: 'pending', size })))
          const owners = await Promise.all(
            users.map(({ traffic, cap }) => db.anAccount({ traffic, dailyPerHost: cap })),
          )
          for (const [at, { traffic, cap, wants }] of users.entries()) {
            let left = Math.min(traffic, cap ?? Infinity)
            for (const [index, file] of files.entries()) {
              if (!wants[index] || (file.size ?? 0) > left) continue
              left -= file.size ?? 0
              await db.aLink({ account: owners[at]!, file })
            }
          }
          const claims = await Promise.all(files.map(({ id }) => claimed(id)))
          for (const { at, size } of resizes) {
            const before = await database.manager.findBy(Link, { fileId: files[at]!.id, endedAt: IsNull() })
            const balances = new Map(
              await Promise.all(
                owners.map(async ({ accountId }) => {
                  return [accountId, (await book(accountId)).left] as const
                }),
              ),
            )
            const end = await fetches.resize(claims[at]!, size)
            for (const { accountId, charged, id } of before) {
              const user = users[owners.findIndex((owner) => owner.accountId === accountId)]!
              const { endedAt, refusal } = await database.manager.findOneByOrFail(Link, { id })
              const left = balances.get(accountId)!
              const others = user.traffic - left - charged
              const used = size > charged && user.cap !== null && others + size > user.cap
              const cause = used
                ? 'host_usage_exceeded'
                : size - charged > left
                  ? 'traffic_insufficient'
                  : null
              expect([refusal, endedAt === null]).toEqual([cause, cause === null])
            }
            const live = await database.manager.findBy(Link, { fileId: files[at]!.id, endedAt: IsNull() })
            if (end !== 'lost') expect(end).toBe(live.length === 0 ? 'unwanted' : 'resized')
            for (const link of live) expect(link.charged).toBe(size)
            for (const [index, { accountId }] of owners.entries()) {
              const links = await database.manager.findBy(Link, { accountId, endedAt: IsNull() })
              const got = links.reduce((sum, link) => sum + link.charged, 0)
              const { traffic, cap } = users[index]!
              expect((await book(accountId)).left).toBe(traffic - got)
              expect(got).toBeLessThanOrEqual(Math.min(traffic, cap ?? Infinity))
            }
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is settled with every account by what each was charged', async () => {
    const early = await charged(500)
    const claim = await claimed()
    await fetches.resize(claim, 130)
    const late = await charged(500)
    await database.manager.update(Link, { id: late.linkId }, { charged: 130 })
    await fetches.finish(claim, { size: 130, sha256: 'ab', md5: 'cd' })
    expect((await book(early.accountId)).entries).toEqual([
      ['charge', -TOLD],
      ['adjustment', -30],
    ])
    expect((await book(late.accountId)).entries).toHaveLength(1)
  })

  it('leaves links that have ended alone', async () => {
    const { accountId, linkId } = await charged(50)
    await charged(50)
    await database.manager.update(Link, { id: linkId }, { endedAt: new Date(START), endReason: 'expired' })
    await finishedWith(130)
    expect((await book(accountId)).entries).toHaveLength(1)
  })

  it('is settled again if it is lost from the store and fetched again', async () => {
    const { accountId, linkId } = await charged(500)
    for (const size of [130, 90]) {
      await finishedWith(size)
      await database.manager.update(SourceFile, { id: fileId }, { state: 'pending' })
    }
    expect(await book(accountId)).toEqual({
      left: 510,
      entries: [
        ['charge', -TOLD],
        ['adjustment', -30],
        ['adjustment', 40],
      ],
    })
    expect(await chargeOf(linkId)).toBe(90)
  })

  it.each([[130], [70]])('of %i bytes gives the whole of it back when its link fails later', async (size) => {
    const { accountId } = await charged(50)
    await finishedWith(size)
    await database.manager.update(SourceFile, { id: fileId }, { state: 'pending' })
    await fetches.fail(await claimed(), { cause: 'file_gone', until: START })
    expect(await book(accountId)).toMatchObject({ left: TOLD + 50, entries: [ANY, ANY, ['refund', size]] })
  })

  it('and many charges of its accounts at once never overdraw', async () => {
    const { accountId, linkId } = await charged(100)
    const claim = await claimed()
    const charge = () =>
      TrafficLedger.charge(database.manager, clock, {
        ...{ accountId, linkId: randomUUID(), platform: 'Sample', bytes: 15 },
      })
    await Promise.all([
      ...Array.from({ length: 10 }, charge),
      fetches.finish(claim, { size: 160, sha256: 'ab', md5: 'cd' }),
      ...Array.from({ length: 10 }, charge),
    ])
    expect(await linkOf({ linkId })).toMatchObject(
      (await chargeOf(linkId)) === 160 ? { endedAt: null } : { refusal: 'traffic_insufficient' },
    )
    expect((await book(accountId)).left).toBeGreaterThanOrEqual(0)
  })
})

describe('the use of a host in 24 hours', () => {
  const used = async (accountId: string) => {
    const windows = await new HostUsage(database, clock).windows(accountId)
    return Object.fromEntries([...windows].map(([platform, window]) => [platform, window.used]))
  }

  it('counts a link with what it was settled to, from its charge on', async () => {
    const { accountId } = await charged(500)
    clock.advance(DAY_MS - 1_000)
    await finishedWith(70)
    expect(await used(accountId)).toEqual({ Sample: 70 })
    const charge = { accountId, linkId: randomUUID(), platform: 'Sample', bytes: 40 }
    await TrafficLedger.charge(database.manager, clock, charge)
    expect(await used(accountId)).toEqual({ Sample: 110 })
    clock.set(START + DAY_MS) // the settlement is younger than its charge, and leaves with it
    expect(await used(accountId)).toEqual({ Sample: 40 })
  })

  it('does not count a link that was settled and then given back', async () => {
    const { accountId, linkId } = await charged(500)
    await finishedWith(130)
    await TrafficLedger.refund(database.manager, clock, [linkId])
    expect(await used(accountId)).toEqual({})
  })
})

describe('the ledger', () => {
  it.each([
    ['changed', 'UPDATE traffic_entry SET bytes = 0 WHERE account_id = $1'],
    ['removed', 'DELETE FROM traffic_entry WHERE account_id = $1'],
  ])('has no entry that can be %s', async (_, sql) => {
    const { accountId } = await charged(5)
    const before = await TrafficLedger.entries(database, accountId)
    await expect(database.query(sql, [accountId])).rejects.toThrow('the ledger is append-only')
    expect(await TrafficLedger.entries(database, accountId)).toEqual(before)
  })
})
