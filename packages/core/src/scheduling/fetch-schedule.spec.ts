import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { HostError } from '@obb/host-adapters'
import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import type { NewAccount } from '../accounts/index.js'
import { Fetches } from '../fetches/index.js'
import { SourceFile } from '../files/index.js'
import { HostBreaker, OPEN_AFTER } from '../health/index.js'
import { Link } from '../links/index.js'
import { AccountPool, HostAccount } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TestDatabase, loadWaitingFiles } from '../testing/index.js'
import { FetchSchedule, type QueuePosition, QueuePositions, type ScheduledFetch, type Turn } from './index.js'

const LEASE_MS = 15_000
const ACCOUNT = { maxPerAccount: 1, maxConnections: 4, leaseMs: 30_000 }

const clock = new TestClock()
const vault = new Vault(randomBytes(32))

let db: TestDatabase
let databases: DataSource[]
let database: DataSource
let platform: string
let madeAt: number

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 6 })
  database = db.source
  databases = [database, await db.another({ pool: 6 }), await db.another({ pool: 6 })]
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  madeAt = START - 1_000_000
  platform = `P${randomBytes(6).toString('hex')}`
})

const fetchesOf = (source = database) => new Fetches(source, clock)
const breaker = () => new HostBreaker(database, clock, () => 0.5)

/** The schedule as one process has it. */
function scheduleOf(source = database): FetchSchedule {
  const pool = new AccountPool(source, clock, vault)
  return new FetchSchedule(source, clock, fetchesOf(source), pool, new HostBreaker(source, clock, () => 0.5))
}

const turn = (more: Partial<Turn> = {}): Turn => ({
  ...{ platform, worker: 'one', leaseMs: LEASE_MS, maxDownloads: 2, solo: false },
  ...{ account: undefined, guarded: false },
  ...more,
})
const next = (more: Partial<Turn> = {}): Promise<ScheduledFetch | undefined> => scheduleOf().next(turn(more))

const newAccount = async (more: Partial<NewAccount> = {}): Promise<string> =>
  (await db.anAccount(more)).accountId

/** Files that wait, each with a link of every one of these accounts; made one after the other. */
async function waiting(accountIds: string[], count = 1, more: Partial<SourceFile> = {}): Promise<string[]> {
  const files: string[] = []
  for (let each = 0; each < count; each++) {
    const file = await db.aFile({ state: 'pending', platform, ...more })
    files.push(file.id)
    for (const accountId of accountIds) {
      await db.aLink({ account: { accountId }, file, createdAt: new Date(madeAt++) })
    }
  }
  return files
}

/** platforms gives those of `known` where something waits, in their turns. */
const platforms = (known = [platform], slots = 0): Promise<string[]> => scheduleOf().platforms(known, slots)

/** positionOf gives an account's place by an estimate of now. */
async function positionOf(fileId = '', accountId: string): Promise<QueuePosition | undefined> {
  const positions = new QueuePositions(database, clock, () => 0)
  clock.advance(3_000)
  await positions.tend([platform])
  return positions.of(fileId, accountId)
}

const finish = ({ file }: ScheduledFetch) =>
  fetchesOf().finish(
    { fileId: file.id, claim: file.claim, worker: file.worker ?? '' },
    { size: file.size ?? 0, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) },
  )

/** servedInOrder gives the files in their turn, one fetch after the other, until none waits or so many were fetched. */
async function servedInOrder(most: number, more: Partial<Turn> = {}): Promise<SourceFile[]> {
  const served: SourceFile[] = []
  while (served.length < most) {
    const scheduled = await next(more)
    if (!scheduled) break
    served.push(scheduled.file)
    await finish(scheduled)
  }
  return served
}

async function operatorAccount(more: Partial<HostAccount> = {}): Promise<string> {
  const id = await new AccountPool(database, clock, vault).add({
    ...{ platform, label: 'one', credentials: { apiKey: 'key' }, proxy: null },
  })
  if (Object.keys(more).length > 0) await database.manager.update(HostAccount, { id }, more)
  return id
}
const leases = (): Promise<{ fileId: string; worker: string }[]> =>
  database.query(
    `SELECT file_id AS "fileId", worker FROM pool_lease p JOIN host_account a ON a.id = p.host_account_id
      WHERE a.platform = $1`,
    [platform],
  )

describe('the slots of an account', () => {
  it.each([
    { name: 'its platform’s maximum', most: 3, solo: false, account: {} },
    { name: 'one if the platform is solo', most: 1, solo: true, account: {} },
    { name: 'one if the account is solo', most: 1, solo: false, account: { solo: true } },
  ])('are $name, however many workers of several processes ask at once', async ({ most, solo, account }) => {
    const ids = [await newAccount(account), await newAccount(account)]
    for (const id of ids) await waiting([id], 8)
    const wanted = turn({ maxDownloads: 3, solo })
    const taken = await Promise.all(
      Array.from({ length: 18 }, (_, index) => scheduleOf(databases[index % 3]).next(wanted)),
    )
    const files = taken.flatMap((scheduled) => scheduled?.file ?? [])
    expect(new Set(files.map(({ id }) => id)).size).toBe(files.length)
    for (const id of ids) expect(files.filter((file) => file.slotAccountId === id)).toHaveLength(most)
  })

  it('are counted by platform', async () => {
    const account = await newAccount()
    await waiting([account], 2)
    expect(await next({ maxDownloads: 1 })).toBeDefined()
    expect(await next({ maxDownloads: 1 })).toBeUndefined()
    platform = `${platform}-another`
    await waiting([account])
    expect(await next({ maxDownloads: 1 })).toBeDefined()
  })

  it('are free again when a fetch ends, whichever way', async () => {
    const account = await newAccount()
    await waiting([account], 5)
    const claim = ({ file }: ScheduledFetch) => ({ fileId: file.id, claim: file.claim, worker: 'one' })
    const ends: ((scheduled: ScheduledFetch) => Promise<unknown>)[] = [
      finish,
      (scheduled) => fetchesOf().fail(claim(scheduled), { cause: 'file_gone', until: START }),
      (scheduled) =>
        fetchesOf().wait(claim(scheduled), START + 1e9, { failedAttempt: false, restart: false }),
      async ({ file }) => {
        const [link] = await database.manager.findBy(Link, { fileId: file.id })
        await fetchesOf().cancel(account, link?.id ?? '')
      },
    ]
    for (const end of ends) {
      const scheduled = await next({ maxDownloads: 1 })
      if (!scheduled) throw new Error('nothing was claimed')
      expect(await next({ maxDownloads: 1 })).toBeUndefined()
      await end(scheduled)
    }
    expect(await next({ maxDownloads: 1 })).toBeDefined()
  })

  it('fetch a file of two accounts on the slot of the one whose turn it is', async () => {
    const [busy, other] = [await newAccount(), await newAccount()]
    await waiting([busy])
    const [both] = await waiting([busy, other])
    expect((await next({ maxDownloads: 1 }))?.file.slotAccountId).toBe(busy)
    expect((await next({ maxDownloads: 1 }))?.file).toMatchObject({ id: both, slotAccountId: other })
  })
})

describe('turns', () => {
  it('bring another account’s first link after at most one of a hundred that wait', async () => {
    const [many, one] = [await newAccount(), await newAccount()]
    await waiting([many], 100)
    const before = await servedInOrder(7, { maxDownloads: 1 })
    expect(before.every((file) => file.slotAccountId === many)).toBe(true)
    await waiting([one])
    const after = await servedInOrder(2, { maxDownloads: 1 })
    expect(after.map((file) => file.slotAccountId)).toContain(one)
  })

  it('of weights 3 and 1 are 3 to 1 at any time', async () => {
    const [heavy, light] = [await newAccount({ weight: 3 }), await newAccount()]
    await waiting([light], 12)
    await waiting([heavy], 36)
    const served = await servedInOrder(48)
    expect(served).toHaveLength(48)
    for (let count = 4; count <= served.length; count++) {
      const share = served.slice(0, count).filter((file) => file.slotAccountId === heavy).length
      expect(Math.abs(share - (count * 3) / 4)).toBeLessThanOrEqual(1)
    }
  })

  it('are not saved up by an account that was away', async () => {
    const [steady, away] = [await newAccount(), await newAccount()]
    await waiting([away])
    await servedInOrder(1)
    await waiting([steady], 40)
    await servedInOrder(20)
    await waiting([away], 10)
    const turns = (await servedInOrder(20)).map((file) => file.slotAccountId === away)
    for (let count = 1; count <= turns.length; count++) {
      expect(turns.slice(0, count).filter(Boolean).length).toBeLessThanOrEqual(Math.ceil(count / 2))
    }
    expect(turns.filter(Boolean)).toHaveLength(10)
  })

  it('of one account go to the link that was made first', async () => {
    const account = await newAccount()
    const files = await waiting([account], 5)
    expect((await servedInOrder(5)).map(({ id }) => id)).toEqual(files)
  })

  it('pass over files whose time has not come', async () => {
    const account = await newAccount()
    await waiting([account], 1, { nextAttemptAt: new Date(START + 1) })
    expect(await next()).toBeUndefined()
    expect(await platforms()).toEqual([])
    clock.advance(1)
    expect(await platforms()).toEqual([platform])
    expect(await next()).toBeDefined()
  })

  it('pass over files that nobody wants any more, and wake nobody for them', async () => {
    await waiting([])
    expect(await next()).toBeUndefined()
    expect(await platforms()).toEqual([])
  })
})

describe('the slots of all workers', () => {
  const slots = { all: 8, least: 1 }
  beforeEach(() => database.query(`UPDATE source_file SET state = 'idle' WHERE state = 'downloading'`))

  it('are not all for two accounts that want four each: one who has nothing running begins at once', async () => {
    const [one, two, quiet] = [await newAccount(), await newAccount(), await newAccount()]
    await waiting([one], 4)
    await waiting([two], 4)
    const flood = { slots, maxDownloads: 4 }
    for (let begun = 0; begun < 6; begun++) expect(await next(flood)).toBeDefined()
    expect(await next(flood)).toBeUndefined()
    const [file] = await waiting([quiet])
    expect((await next(flood))?.file.id).toBe(file)
  })

  it('are not all for the accounts of one platform: another one begins at once', async () => {
    for (let account = 0; account < 8; account++) await waiting([await newAccount()])
    for (let begun = 0; begun < 7; begun++) expect(await next({ slots })).toBeDefined()
    expect(await next({ slots })).toBeUndefined()
    platform = `${platform}-another`
    const [file] = await waiting([await newAccount()])
    expect((await next({ slots }))?.file.id).toBe(file)
  })

  it('are all for whoever wants them where they are few', async () => {
    await waiting([await newAccount()], 3)
    for (let begun = 0; begun < 3; begun++) {
      expect(await next({ slots: { all: 3, least: 1 }, maxDownloads: 9 })).toBeDefined()
    }
  })

  it('that one more of would have a file fetched are told, and nothing is changed by asking', async () => {
    await operatorAccount({ maxDownloads: 2 })
    const [, file] = await waiting([await newAccount()], 2)
    const full = { all: 1, least: 0 }
    await next({ account: ACCOUNT, slots: { all: 1, least: 1 } })
    const would = (all: number, least: number) =>
      scheduleOf().wouldStart(turn({ account: ACCOUNT, slots: { all, least } }))
    expect([await would(full.all, full.least), await would(2, 1)]).toEqual([false, true])
    expect(await leases()).toHaveLength(1)
    expect((await next({ account: ACCOUNT, slots: { all: 2, least: 1 } }))?.file.id).toBe(file)
    expect(await would(3, 1)).toBe(false)
  })

  it('go to platforms in turns, to those first that have less than their share', async () => {
    const names = ['a', 'b', 'c'].map((name) => `${platform}-${name}`)
    const begin = async (name = '') => {
      platform = name
      clock.advance(1)
      return next({ maxDownloads: 9 })
    }
    for (const name of names) {
      platform = name
      await waiting([await newAccount()], 9)
    }
    expect(await platforms(names, 6)).toEqual(names)
    for (const name of names) await begin(name)
    expect(await platforms(names, 6)).toEqual(names)
    await begin(names[0])
    expect(await platforms(names, 6)).toEqual([names[1], names[2], names[0]])
    expect(await platforms(names, 60)).toEqual([names[1], names[2], names[0]])
    await begin(names[1])
    await begin(names[2])
    expect(await platforms(names, 9)).toEqual(names)
  })
})

describe('a platform that cannot run', () => {
  it('does not delay another one, however much waits for it', async () => {
    const down = platform
    await loadWaitingFiles(database, {
      platform: down,
      count: 600,
      accounts: 50,
      now: new Date(START - 600_000),
    })
    for (let failure = 0; failure < OPEN_AFTER; failure++) {
      await breaker().recordFailure(down, new HostError('HOST_DOWN', 'down'))
    }
    platform = `${platform}-another`
    const [file] = await waiting([await newAccount()])
    const begun: (string | undefined)[] = []
    for (const name of await platforms([down, platform], 8)) {
      begun.push((await scheduleOf().next(turn({ platform: name, guarded: true })))?.file.id)
    }
    expect(begun.filter(Boolean)).toEqual([file])
  })

  it('is left alone while its operator accounts rest, and tried again soon', async () => {
    await operatorAccount({ coolUntil: new Date(START + 3_600_000) })
    await waiting([await newAccount()], 2)
    expect(await next({ account: ACCOUNT })).toMatchObject({ refusal: { reason: 'exhausted' } })
    expect(await platforms()).toEqual([])
    clock.advance(9_999)
    expect(await platforms()).toEqual([])
    clock.advance(1)
    expect(await platforms()).toEqual([platform])
  })
})

describe('the position in the queue', () => {
  it('is the order in which files are then served', async () => {
    const queues = fc.array(
      fc.record({ weight: fc.constantFrom(1, 2, 4), files: fc.integer({ min: 1, max: 5 }) }),
      { minLength: 1, maxLength: 4 },
    )
    const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
    await fc.assert(
      fc.asyncProperty(queues, fc.nat(4), async (accounts, already) => {
        platform = `P${randomUUID()}`
        const wanted: { fileId: string; accountId: string }[] = []
        for (const { weight, files } of accounts) {
          const accountId = await newAccount({ weight })
          for (const fileId of await waiting([accountId], files)) wanted.push({ fileId, accountId })
        }
        const before = await servedInOrder(already)
        const left = wanted.filter(({ fileId }) => !before.some(({ id }) => id === fileId))
        const told: ({ fileId: string } & Partial<QueuePosition>)[] = []
        for (const { fileId, accountId } of left)
          told.push({ fileId, ...(await positionOf(fileId, accountId)) })
        const order = (await servedInOrder(99)).map(({ id }) => id)
        told.sort((one, other) => (one.position ?? 0) - (other.position ?? 0))
        expect(told.map(({ position }) => position)).toEqual(order.map((_, index) => index + 1))
        expect(told.map(({ fileId }) => fileId)).toEqual(order)
        expect(told.map(({ bytesAhead }) => bytesAhead)).toEqual(order.map((_, index) => 100 * (index + 1)))
      }),
      { numRuns: 15, seed },
    )
  })

  it('of a file that several accounts wait for is that of its first turn, and each hears it', async () => {
    const [many, one] = [await newAccount(), await newAccount()]
    const queue = await waiting([many], 9)
    const [both] = await waiting([many, one])
    const of = (accountId: string, fileId = both) => positionOf(fileId, accountId)
    expect((await of(many))?.position).toBe(2)
    expect((await of(one))?.position).toBe(2)
    expect(await of(one, queue[0])).toBeUndefined()
    expect((await servedInOrder(2)).map(({ id }) => id)).toEqual([queue[0], both])
  })

  it('is nothing for a file that does not wait, and tells how fast the platform is', async () => {
    const account = await newAccount()
    const [running, waits] = await waiting([account], 2)
    const scheduled = await next()
    if (!scheduled) throw new Error('nothing was claimed')
    await fetchesOf().renew({ fileId: scheduled.file.id, claim: 1, worker: 'one' }, LEASE_MS, {
      bytesDone: 1,
      speed: 70,
    })
    expect(await positionOf(running, account)).toBeUndefined()
    expect(await positionOf(waits, account)).toEqual({
      ...{ position: 1, bytesAhead: 100, bytesPerSecond: 70 },
    })
  })
})

describe('the operator’s accounts', () => {
  it('are leased with the claim, and nothing is claimed while they are busy', async () => {
    const account = await newAccount()
    await operatorAccount()
    const files = await waiting([account], 2)
    const first = await next({ account: ACCOUNT })
    expect(first).toMatchObject({ file: { id: files[0] }, lease: { connections: 4 } })
    expect(await next({ account: ACCOUNT })).toBeUndefined()
    expect(await leases()).toEqual([{ fileId: files[0], worker: 'one' }])
    const [second] = await database.manager.findBy(SourceFile, { id: files[1] ?? '' })
    expect(second).toMatchObject({ state: 'pending', claim: 0 })
  })

  it('are never leased beyond their limit, however many workers ask at once', async () => {
    for (let index = 0; index < 2; index++) await operatorAccount({ maxDownloads: 2 })
    for (let index = 0; index < 5; index++) await waiting([await newAccount()], 2)
    const wanted = turn({ account: ACCOUNT })
    const taken = await Promise.all(
      Array.from({ length: 15 }, (_, index) => scheduleOf(databases[index % 3]).next(wanted)),
    )
    expect(taken.filter(Boolean)).toHaveLength(4)
    expect(await leases()).toHaveLength(4)
  })

  it('of a worker that died are free for the one that takes over', async () => {
    const account = await newAccount()
    await operatorAccount()
    const [fileId] = await waiting([account])
    await next({ account: ACCOUNT, worker: 'killed' })
    clock.advance(LEASE_MS - 1)
    expect(await next({ account: ACCOUNT, worker: 'two' })).toBeUndefined()
    clock.advance(1)
    expect(await next({ account: ACCOUNT, worker: 'two' })).toMatchObject({ file: { id: fileId, claim: 2 } })
    expect(await leases()).toEqual([{ fileId, worker: 'two' }])
  })

  it('whose lease ran out are not taken back by a late heartbeat', async () => {
    await operatorAccount()
    await waiting([await newAccount()], 2)
    const late = await next({ account: ACCOUNT, maxDownloads: 1 })
    clock.advance(ACCOUNT.leaseMs)
    const taken = await next({ account: ACCOUNT, worker: 'two' })
    expect(taken).toBeDefined()
    await new AccountPool(database, clock, vault).renew(late?.lease?.id ?? '', ACCOUNT.leaseMs)
    const [held] = await database.query<[{ count: number }]>(
      `SELECT count(*)::int FROM pool_lease p JOIN host_account a ON a.id = p.host_account_id
        WHERE a.platform = $1 AND p.expires_at > $2`,
      [platform, new Date(clock.now())],
    )
    expect(held).toEqual({ count: 1 })
  })

  it('that are good for a smaller file only do not wait for the larger ones before it', async () => {
    const [large, small] = [await newAccount(), await newAccount()]
    const spacious = await operatorAccount({ trafficLeft: 10_000 })
    await operatorAccount({ trafficLeft: 200 })
    await waiting([large], 30, { size: 5_000 })
    expect((await next({ account: ACCOUNT, maxDownloads: 30 }))?.lease?.account.id).toBe(spacious)
    const [fits] = await waiting([small], 1, { size: 150 })
    expect((await next({ account: ACCOUNT, maxDownloads: 30 }))?.file.id).toBe(fits)
    expect(await next({ account: ACCOUNT, maxDownloads: 30 })).toBeUndefined()
  })

  it('that cannot take a file at all are named with the file, so that its fetch can end or wait', async () => {
    const account = await newAccount()
    const [none] = await waiting([account])
    expect(await next({ account: ACCOUNT })).toMatchObject({
      file: { id: none },
      refusal: { reason: 'none' },
    })
    await operatorAccount({ coolUntil: new Date(START + 5_000) })
    const [cooling] = await waiting([account])
    const refusal = { reason: 'exhausted', retryAt: START + 5_000 }
    expect(await next({ account: ACCOUNT })).toMatchObject({ file: { id: cooling }, refusal })
  })
})

describe('an open circuit', () => {
  const guarded = { guarded: true, account: ACCOUNT }
  beforeEach(async () => {
    for (let failure = 0; failure < OPEN_AFTER; failure++) {
      await breaker().recordFailure(platform, new HostError('HOST_DOWN', 'down'))
    }
  })

  it('lets nothing be claimed, and keeps no operator account for it', async () => {
    await operatorAccount()
    await waiting([await newAccount()])
    expect(await next(guarded)).toBeUndefined()
    expect(await leases()).toEqual([])
    expect(await next({ ...guarded, guarded: false })).toBeDefined()
  })

  it('lets one fetch through when its time is over', async () => {
    await operatorAccount({ maxDownloads: 5 })
    await waiting([await newAccount()], 3)
    clock.advance(60_000)
    expect(await next(guarded)).toMatchObject({ lease: {} })
    expect(await next(guarded)).toBeUndefined()
    await breaker().recordSuccess(platform)
    expect(await next(guarded)).toMatchObject({ lease: {} })
  })

  it('keeps its probe for a fetch that calls the platform', async () => {
    clock.advance(60_000)
    expect(await next(guarded)).toBeUndefined() // nothing waits
    const account = await newAccount()
    await waiting([account])
    expect(await next(guarded)).toMatchObject({ refusal: { reason: 'none' } })
    await operatorAccount()
    await waiting([account])
    expect(await next(guarded)).toMatchObject({ lease: {} })
  })
})

describe('at the same moment', () => {
  it('a file that is cancelled while it is claimed leaves no lease, and the next one is taken', async () => {
    const account = await newAccount()
    await operatorAccount({ maxDownloads: 5 })
    const [first, second] = await waiting([account], 2)
    expect(await scheduleOf().wouldStart(turn({ account: ACCOUNT }))).toBe(true)
    // A cancellation holds the file's row until the claim waits for it.
    const cancelling = database.createQueryRunner()
    await cancelling.startTransaction()
    await cancelling.query(`UPDATE source_file SET state = 'idle' WHERE id = $1`, [first])
    await cancelling.query(`UPDATE link SET ended_at = now(), end_reason = 'cancelled' WHERE file_id = $1`, [
      first,
    ])
    const claiming = next({ account: ACCOUNT })
    await lockWaits('transactionid')
    await cancelling.commitTransaction()
    await cancelling.release()
    expect((await claiming)?.file.id).toBe(second)
    expect(await leases()).toEqual([{ fileId: second, worker: 'one' }])
  })

  it('another platform’s choice is not held up, the same one’s is', async () => {
    const account = await newAccount()
    const [here] = await waiting([account])
    const held = platform
    const holding = database.createQueryRunner()
    await holding.startTransaction()
    await holding.query(`SELECT pg_advisory_xact_lock(${0x0bc}, hashtext($1))`, [held])
    const claiming = next()
    await lockWaits('advisory')
    platform = `${platform}-another`
    const [there] = await waiting([account])
    expect((await next())?.file.id).toBe(there)
    await holding.rollbackTransaction()
    await holding.release()
    expect((await claiming)?.file.id).toBe(here)
  })

  /** Resolves when somebody on this database waits for a lock of this kind. */
  async function lockWaits(kind: string): Promise<void> {
    for (;;) {
      const rows = await databases[1]?.query<unknown[]>(
        `SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = $1`,
        [kind],
      )
      if (rows?.length) return
    }
  }
})
