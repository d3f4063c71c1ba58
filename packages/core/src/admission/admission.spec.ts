import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { ADMISSION_GATES, type AdmissionGate } from '@obb/contracts'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import type { Caller } from '../accounts/index.js'
import { BlockList } from '../blocks/index.js'
import { Files, SourceFile } from '../files/index.js'
import type { HostPolicy } from '../hosts/index.js'
import { Link, Links } from '../links/index.js'
import { lockBlocks } from '../locks/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { Fetchers } from '../queue/index.js'
import { StoreHealth } from '../store-state/index.js'
import { TestDatabase, aPolicy, pagesRead, roundTrips } from '../testing/index.js'
import { UNFINISHED } from './gate-sources.js'
import { Admission, type Admitted, type Applicant } from './index.js'

const DAY_MS = 86_400_000
const TTL_MS = 7 * DAY_MS
const SIZE = 100

const clock = new TestClock()
const vault = new Vault(randomBytes(32))

let db: TestDatabase
let database: DataSource
let pool: AccountPool
let admission: Admission
let platform: string
let policy: HostPolicy

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  pool = new AccountPool(database, clock, vault)
  admission = new Admission(database, clock, new Files(database, clock, vault), pool, TTL_MS)
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  platform = `P${randomBytes(4).toString('hex')}`
  policy = policyOf({ maxDownloads: 3, maxQueued: 0 })
})

/** A platform that needs an account of the operator. */
const policyOf = (limits: { maxDownloads: number; maxQueued: number }, needsAccount = true): HostPolicy =>
  aPolicy({ platform, ...limits, manifest: { needsAccount } })

const newCaller = (traffic = 10 * SIZE, dailyPerHost: number | null = null): Promise<Caller> =>
  db.anAccount({ traffic, dailyPerHost })
const newFile = async (more: Partial<SourceFile> = {}): Promise<string> =>
  (await db.aFile({ platform, size: SIZE, ...more })).id

const addAccountOfPool = () => pool.add({ platform, label: 'one', credentials: { apiKey: 'x' }, proxy: null })
const admit = (caller: Caller, fileId: string, by = policy, ownName?: string): Promise<Admitted> =>
  admission.admit({ caller, fileId, hostDomain: 'sample.test', policy: by, ownName })

const insertLink = (account: Caller, fileId: string, expiresAt: number) =>
  db.aLink({
    account,
    file: { id: fileId, platform, size: SIZE },
    charged: 0,
    expiresAt: new Date(expiresAt),
  })

async function applicantOf(caller: Caller, fileId: string): Promise<Applicant> {
  const file = await fileOf(fileId)
  return { caller, policy, file, facts: file, size: file.size }
}

async function bookOf(caller: Caller): Promise<{ left: number; charges: number }> {
  const entries = await TrafficLedger.entries(database, caller.accountId)
  return {
    left: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    charges: entries.filter((entry) => entry.kind === 'charge').length,
  }
}

const fileOf = (id: string) => database.manager.findOneByOrFail(SourceFile, { id })

describe('the order of refusals', () => {
  interface Situation {
    caller: Caller
    fileId: string
  }
  /** In order; each makes its own refusal true and no other. */
  const FAULTS: [string, (of: Situation) => Promise<unknown>, object | 'reused'][] = [
    [
      'a suspended account',
      ({ caller }) =>
        database.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [caller.accountId]),
      { refusal: 'account_suspended', options: {} },
    ],
    [
      'an expired account',
      ({ caller }) =>
        database.query('UPDATE account SET expires_at = $2 WHERE id = $1', [
          caller.accountId,
          new Date(START),
        ]),
      { refusal: 'account_expired', options: {} },
    ],
    [
      'a blocked file',
      ({ fileId }) =>
        new BlockList(database, clock).add({ kind: 'file', value: `${platform}:${fileId}`, reason: 'test' }),
      { refusal: 'file_blocked', options: { internal: expect.any(String) } },
    ],
    ['a live link', ({ caller, fileId }) => insertLink(caller, fileId, START + 1), 'reused'],
    [
      'a remembered refusal',
      ({ fileId }) =>
        database.manager.update(
          SourceFile,
          { id: fileId },
          { refusal: 'file_gone', refusedUntil: new Date(START + 1) },
        ),
      { refusal: 'file_gone', options: {} },
    ],
    [
      'full slots',
      async ({ caller }) => {
        const busy = await newFile({ state: 'pending', size: 0 })
        await insertLink(caller, busy, START + TTL_MS)
        policy = policyOf({ maxDownloads: 1, maxQueued: 0 })
      },
      { refusal: 'slots_full', options: { retryInSeconds: 30 } },
    ],
    [
      'a host that is used up',
      ({ caller }) => Promise.resolve((caller.dailyPerHost = SIZE - 1)),
      { refusal: 'host_usage_exceeded', options: { retryInSeconds: DAY_MS / 1000 } },
    ],
    [
      'a pool without accounts',
      () => database.query('DELETE FROM host_account WHERE platform = $1', [platform]),
      { refusal: 'pool_empty', options: {} },
    ],
    [
      'too little traffic',
      ({ caller }) =>
        database.query('UPDATE account SET traffic_left = $2 WHERE id = $1', [caller.accountId, SIZE - 1]),
      { refusal: 'traffic_insufficient', options: {} },
    ],
  ]

  async function situation(faults: typeof FAULTS): Promise<Situation> {
    await addAccountOfPool()
    const of = { caller: await newCaller(), fileId: await newFile() }
    // From the last to the first, since making the later ones true needs an account in good standing.
    for (const [, make] of faults.toReversed()) await make(of)
    return of
  }

  it.each(FAULTS.map(([name, , outcome], index) => ({ name, outcome, index })))(
    '$name goes before everything after it',
    async ({ outcome, index }) => {
      const { caller, fileId } = await situation(FAULTS.slice(index))
      const before = await fileOf(fileId)
      if (outcome === 'reused') {
        expect(await admit(caller, fileId)).toMatchObject({ reused: true, fetch: undefined })
      } else {
        await expect(admit(caller, fileId)).rejects.toMatchObject(outcome)
        expect(await fileOf(fileId)).toEqual(before)
      }
    },
  )

  it.each(FAULTS.map(([name, , outcome], index) => ({ name, outcome, index })))(
    '$name alone is enough',
    async ({ outcome, index }) => {
      const { caller, fileId } = await situation(FAULTS.slice(index, index + 1))
      if (outcome === 'reused') expect((await admit(caller, fileId)).reused).toBe(true)
      else await expect(admit(caller, fileId)).rejects.toMatchObject(outcome)
    },
  )

  it.each(FAULTS.map(([name, , outcome], index) => ({ name, outcome, index })))(
    'is the same in an explanation: $name',
    async ({ outcome, index }) => {
      await new Fetchers(database, clock).beat('f')
      const { caller, fileId } = await situation(FAULTS.slice(index))
      const applicant = await applicantOf(caller, fileId)
      const gates = await admission.explain(applicant)
      const first = gates.find((gate) => gate.refusal ?? gate.link?.live)
      if (outcome === 'reused') expect(first).toMatchObject({ gate: 'reuse', link: { live: true } })
      else expect(first?.refusal).toMatchObject(outcome)
      expect(gates.filter((gate) => gate.refusal)).toHaveLength(
        FAULTS.slice(index).filter(([, , each]) => each !== 'reused').length - (index === 0 ? 1 : 0),
      )
      expect(
        await admission.refusal(
          applicant,
          gates.map((each) => each.gate),
        ),
      ).toEqual(gates.find((gate) => gate.refusal)?.refusal)
    },
  )

  it('asks for a fetcher before it asks a host, unless the file is stored', async () => {
    await database.query('DELETE FROM fetcher')
    const { caller, fileId } = await situation([])
    const refusal = async () => admission.refusal(await applicantOf(caller, fileId), ['fetcher'])
    expect(await refusal()).toMatchObject({ refusal: 'no_fetcher', options: { retryInSeconds: 15 } })
    await database.manager.update(SourceFile, { id: fileId }, { state: 'done', objectKey: 'object' })
    expect(await refusal()).toBeUndefined()
  })

  it('ends with a link where nothing is in the way', async () => {
    const { caller, fileId } = await situation([])
    expect(await admit(caller, fileId)).toEqual({
      linkId: expect.stringMatching(/^[0-9A-Za-z]{24}$/),
      reused: false,
      charged: SIZE,
      fetch: { fileId, generation: 1, claim: 0 },
    })
  })

  it('asks to come back for a file that nobody inspected', async () => {
    const { caller } = await situation([])
    const fileId = await newFile({ name: null, size: null, checkedAt: null })
    await expect(admit(caller, fileId)).rejects.toMatchObject({
      refusal: 'service_unavailable',
      options: { retryInSeconds: 5 },
    })
  })
})

describe('a link', () => {
  let caller: Caller
  let fileId: string
  beforeEach(async () => {
    await addAccountOfPool()
    caller = await newCaller()
    fileId = await newFile()
  })

  it('is charged when it is made, and free after that', async () => {
    const { linkId } = await admit(caller, fileId)
    expect(await bookOf(caller)).toEqual({ left: 9 * SIZE, charges: 1 })
    const link = await new Links(database, clock).view(caller.accountId, linkId)
    expect(link).toMatchObject({ state: 'pending', expiresAt: new Date(START + TTL_MS), size: SIZE })
    clock.advance(TTL_MS - 1)
    expect(await admit(caller, fileId)).toEqual({ linkId, reused: true, charged: 0, fetch: undefined })
    expect(await bookOf(caller)).toEqual({ left: 9 * SIZE, charges: 1 })
  })

  it('is of the key that it is asked for with, as its charge is', async () => {
    const { linkId } = await admit(caller, fileId)
    expect(caller.key?.id).toBeDefined()
    const keys = await database.query<{ link: string; charge: string }[]>(
      `SELECT l.key_id AS link, e.key_id AS charge FROM link l JOIN traffic_entry e ON e.link_id = l.id WHERE l.id = $1`,
      [linkId],
    )
    expect(keys).toEqual([{ link: caller.key?.id, charge: caller.key?.id }])
  })

  it('has the name of its package as it is charged', async () => {
    const asked = { caller, fileId, hostDomain: 'sample.test', policy, package: 'First season' }
    const { linkId } = await admission.admit(asked)
    expect(await new Links(database, clock).view(caller.accountId, linkId)).toMatchObject({
      package: 'First season',
    })
  })

  it('is one with one charge, though its account asks many times at once', async () => {
    const all = await Promise.all(Array.from({ length: 25 }, () => admit(caller, fileId)))
    expect(new Set(all.map(({ linkId }) => linkId)).size).toBe(1)
    expect(all.filter(({ reused }) => !reused)).toHaveLength(1)
    expect(await bookOf(caller)).toEqual({ left: 9 * SIZE, charges: 1 })
  })

  it('of two accounts is two links and two charges, and the file is wanted once', async () => {
    const other = await newCaller()
    const [one, two] = await Promise.all([admit(caller, fileId), admit(other, fileId)])
    expect(one.linkId).not.toBe(two.linkId)
    expect(one.fetch).toEqual(two.fetch)
    expect((await bookOf(caller)).charges + (await bookOf(other)).charges).toBe(2)
    expect(await fileOf(fileId)).toMatchObject({ state: 'pending', generation: 1, wantedAt: new Date(START) })
  })

  it('has the own name of its user, and waits for a block that is being added to compare it with', async () => {
    const { linkId } = await admit(caller, fileId, policy, 'a.mkv')
    const view = await new Links(database, clock).view(caller.accountId, linkId)
    expect(view?.name).toBe('a.mkv')
    const isAnyWaiting = async () => {
      const waiting = await database.query<unknown[]>(
        `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
          WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`,
      )
      return waiting.length > 0
    }
    const other = await newCaller()
    const { asked } = await database.transaction(async (tx) => {
      await lockBlocks(tx)
      await tx.query(
        `INSERT INTO block (id, kind, value, reason, created_at) VALUES (gen_random_uuid(), 'name', '*.exe', 'r', now())`,
      )
      const asked = admit(other, fileId, policy, 'a.exe').catch((error: unknown) => error)
      while (!(await isAnyWaiting()));
      return { asked }
    })
    expect(await asked).toMatchObject({ refusal: 'file_blocked' })
    await database.query('DELETE FROM block')
  })

  it('that was refused leaves no trace', async () => {
    await database.query('UPDATE account SET traffic_left = 0 WHERE id = $1', [caller.accountId])
    await expect(admit(caller, fileId)).rejects.toMatchObject({ refusal: 'traffic_insufficient' })
    expect(await database.manager.countBy(Link, { fileId })).toBe(0)
    expect((await bookOf(caller)).charges).toBe(0)
    expect((await fileOf(fileId)).state).toBe('idle')
  })

  it('whose time is over makes way for a new one', async () => {
    await database.manager.update(SourceFile, { id: fileId }, { state: 'done', objectKey: 'object' })
    const { linkId } = await admit(caller, fileId)
    clock.advance(TTL_MS)
    const next = await admit(caller, fileId)
    expect(next).toMatchObject({ reused: false })
    expect(next.linkId).not.toBe(linkId)
    expect(await bookOf(caller)).toEqual({ left: 8 * SIZE, charges: 2 })
    const old = await database.manager.findOneByOrFail(Link, { id: linkId })
    expect(old).toMatchObject({ endReason: 'expired', endedAt: new Date(clock.now()) })
  })

  it('whose time is over is kept while its file is still being fetched', async () => {
    const { linkId } = await admit(caller, fileId)
    clock.advance(TTL_MS)
    expect(await admit(caller, fileId)).toMatchObject({ linkId, reused: true })
  })
})

describe('slots', () => {
  it('are as many as run and may wait, however many links are asked for at once', async () => {
    await addAccountOfPool()
    const caller = await newCaller()
    policy = policyOf({ maxDownloads: 1, maxQueued: 2 })
    const wanted = await Promise.all(Array.from({ length: 9 }, () => newFile()))
    const outcomes = await Promise.allSettled(wanted.map((id) => admit(caller, id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ refusal: 'slots_full' })
    }
    expect((await bookOf(caller)).charges).toBe(3)
  })

  it('are free again when files are done, and those of another platform or account do not count', async () => {
    await addAccountOfPool()
    policy = policyOf({ maxDownloads: 1, maxQueued: 0 })
    const caller = await newCaller()
    const first = await newFile()
    await admit(caller, first)
    await admit(await newCaller(), await newFile())
    const elsewhere = { ...policyOf({ maxDownloads: 1, maxQueued: 0 }, false), platform: 'Elsewhere' }
    await admit(caller, await newFile({ platform: 'Elsewhere' }), elsewhere)
    await expect(admit(caller, await newFile())).rejects.toMatchObject({ refusal: 'slots_full' })
    await database.manager.update(SourceFile, { id: first }, { state: 'done', objectKey: 'object' })
    expect(await admit(caller, await newFile())).toMatchObject({ reused: false })
  })
})

describe('slots of an account with a long past', () => {
  it('are counted from its unfinished links, whatever else it has, and whatever becomes of their files', async () => {
    const caller = await newCaller(1e9)
    await db.aLink({ account: caller, file: await db.aFile({ platform, state: 'done' }) })
    await database.query(
      `WITH file AS (
         INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, created_at, updated_at)
         SELECT gen_random_uuid(), $1, 'stored ' || n, '', 'done', now(), now() FROM generate_series(1, 3000) n RETURNING id)
       INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
       SELECT id::text, $2, id, '', 0, now(), now() FROM file`,
      [platform, caller.accountId],
    )
    const fileIds = [await newFile({ state: 'pending' }), await newFile({ state: 'downloading' })]
    for (const fileId of fileIds) await insertLink(caller, fileId, START + DAY_MS)
    await database.query('ANALYZE link, source_file')
    const counted = async () => (await admission.outlook(caller).unfinished(platform)).unfinished
    const pages = () => pagesRead(database, UNFINISHED.text, [caller.accountId, platform])
    expect(await counted()).toBe(2)
    expect(await pages()).toBeLessThan(30)
    const setStates = (state: string) =>
      database.query('UPDATE source_file SET state = $2 WHERE platform = $3 AND host_file_id = ANY($1)', [
        ...[[...fileIds, 'stored 1', 'stored 2'], state, platform],
      ])
    await setStates('done')
    expect(await counted()).toBe(0)
    await setStates('pending') // lost from the store, or evicted and asked for again
    expect(await counted()).toBe(4)
    await setStates('done')
    expect([await counted(), (await pages()) < 30]).toEqual([0, true])
  })
})

describe('what the gates look at', () => {
  it('costs a request for many files as much as for one', async () => {
    const caller = await newCaller(10 * SIZE, 20 * SIZE)
    await addAccountOfPool()
    const applicants = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => applicantOf(caller, await newFile({ size: at }))),
    )
    const asked: AdmissionGate[] = [
      'account',
      'fetcher',
      'store',
      'host_working',
      'slots',
      'host_usage',
      'pool',
      'traffic',
    ]
    const tripsFor = (many: readonly Applicant[]) =>
      roundTrips(async () => {
        const outlook = admission.outlook(caller)
        await Promise.all(many.map((each) => admission.refusal(each, asked, outlook)))
      })
    await new Fetchers(database, clock).beat('one')
    expect(await tripsFor(applicants.slice(0, 1))).toBeLessThan(asked.length)
    expect(await tripsFor(applicants)).toBe(await tripsFor(applicants.slice(0, 1)))
  })
})

describe('traffic', () => {
  it('lets no more files through than it lasts for, though all are asked for at once', async () => {
    await addAccountOfPool()
    const caller = await newCaller(4 * SIZE + 99)
    policy = policyOf({ maxDownloads: 100, maxQueued: 0 })
    const wanted = await Promise.all(Array.from({ length: 10 }, () => newFile()))
    const outcomes = await Promise.allSettled(wanted.map((id) => admit(caller, id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect(await bookOf(caller)).toEqual({ left: 99, charges: 4 })
  })

  it('of 24 hours lets no more through than its cap, and says when', async () => {
    await addAccountOfPool()
    const caller = await newCaller(100 * SIZE, 2 * SIZE)
    policy = policyOf({ maxDownloads: 100, maxQueued: 0 })
    const wanted = await Promise.all(Array.from({ length: 5 }, () => newFile()))
    const outcomes = await Promise.allSettled(wanted.map((id) => admit(caller, id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    clock.advance(3_600_000)
    await expect(admit(caller, await newFile())).rejects.toMatchObject({
      refusal: 'host_usage_exceeded',
      options: { retryInSeconds: 23 * 3600 },
    })
    clock.set(START + DAY_MS)
    expect(await admit(caller, await newFile())).toMatchObject({ reused: false })
  })
})

describe('a file', () => {
  const full = () => policyOf({ maxDownloads: 0, maxQueued: 0 })

  it('that is stored needs neither a slot nor the pool, and no worker', async () => {
    const caller = await newCaller()
    const admitted = await admit(caller, await newFile({ state: 'done', objectKey: 'object' }), full())
    expect(admitted).toMatchObject({ reused: false, fetch: undefined })
    expect((await bookOf(caller)).charges).toBe(1)
  })

  it.each(['pending', 'downloading'] as const)('that is %s already does not ask the pool', async (state) => {
    const fileId = await newFile({ state, generation: 4, claim: 9 })
    const { fetch } = await admit(await newCaller(), fileId)
    expect(fetch).toEqual(state === 'pending' ? { fileId, generation: 4, claim: 9 } : undefined)
    expect(await fileOf(fileId)).toMatchObject({ state, generation: 4 })
  })

  it('of a platform without accounts does not ask the pool', async () => {
    const free = policyOf({ maxDownloads: 1, maxQueued: 0 }, false)
    expect((await admit(await newCaller(), await newFile(), free)).fetch).toBeDefined()
  })

  it('is a new generation after an error, with nothing of the old one', async () => {
    await addAccountOfPool()
    const fileId = await newFile({
      state: 'error',
      generation: 2,
      claim: 5,
      attempts: 8,
      bytesDone: 50,
      uploadId: 'old',
      refusal: 'file_gone',
      refusedUntil: new Date(START),
    })
    expect((await admit(await newCaller(), fileId)).fetch).toEqual({ fileId, generation: 3, claim: 5 })
    expect(await fileOf(fileId)).toMatchObject({
      state: 'pending',
      generation: 3,
      attempts: 0,
      bytesDone: 0,
      uploadId: null,
      refusal: null,
      refusedUntil: null,
      wantedAt: new Date(START),
      nextAttemptAt: new Date(START),
    })
  })

  it('waits for the account of the pool that is back first', async () => {
    const [soon, late] = [await addAccountOfPool(), await addAccountOfPool()]
    const cool = (id: string, ms: number) =>
      database.query('UPDATE host_account SET cool_until = $2 WHERE id = $1', [id, new Date(START + ms)])
    await cool(soon, 30_500)
    await cool(late, 90_000)
    const applicant = await applicantOf(await newCaller(), await newFile())
    const expected = { refusal: 'pool_exhausted', options: { retryInSeconds: 31 } }
    expect(await admission.refusalOfCall(applicant, ['pool'])).toMatchObject(expected)
    expect(await admission.refusal({ ...applicant, size: null }, ['pool'])).toMatchObject(expected)
  })

  describe('several files together', () => {
    const together = (caller: Caller, fileIds: readonly string[]) =>
      admission.admitTogether(
        caller,
        fileIds.map((fileId) => ({ caller, fileId, hostDomain: 'sample.test', policy })),
      )
    const outcomes = async (...of: Parameters<typeof together>) =>
      (await together(...of)).map((each) =>
        'refusal' in each ? each.refusal : each.reused ? 'reused' : 'made',
      )

    beforeEach(async () => {
      policy = policyOf({ maxDownloads: 3, maxQueued: 100 })
      await addAccountOfPool()
    })

    it('each by itself, in their order, until the account has no more for them', async () => {
      const caller = await newCaller(3 * SIZE)
      const files = [await newFile(), await newFile(), await newFile(), await newFile()]
      const gone = await newFile({ refusal: 'file_gone', refusedUntil: new Date(START + 1) })
      const [one, two, three, four] = files as [string, string, string, string]
      expect(await outcomes(caller, [one, gone, two, one, three, four])).toEqual([
        'made',
        'file_gone',
        'made',
        'reused',
        'made',
        'traffic_insufficient',
      ])
      expect(await bookOf(caller)).toEqual({ left: 0, charges: 3 })
      expect((await fileOf(four)).state).toBe('idle')
    })

    it('with the limits of an account as after each other: 24 h usage and places', async () => {
      const capped = await newCaller(10 * SIZE, 2 * SIZE)
      const files = await Promise.all(Array.from({ length: 4 }, () => newFile()))
      const used = ['made', 'made', 'host_usage_exceeded', 'host_usage_exceeded']
      expect(await outcomes(capped, files)).toEqual(used)
      policy = policyOf({ maxDownloads: 1, maxQueued: 0 })
      const places = ['made', 'slots_full', 'slots_full', 'slots_full']
      expect(await outcomes(await newCaller(), files)).toEqual(places)
    })

    it('of two accounts in opposite orders at once', async () => {
      const files = await Promise.all(Array.from({ length: 20 }, () => newFile()))
      const callers = await Promise.all([newCaller(100 * SIZE), newCaller(100 * SIZE)])
      const orders = [files, files.toReversed()]
      const ends = await Promise.all(callers.map((caller, at) => outcomes(caller, orders[at] ?? [])))
      expect(new Set(ends.flat())).toEqual(new Set(['made']))
    })
  })

  describe('what clears by itself', () => {
    beforeEach(() => new Fetchers(database, clock).beat('f'))
    afterEach(() => database.query('UPDATE store_health SET trouble = NULL, retry_at = NULL, failures = 0'))

    const openCircuit = () =>
      database.query('INSERT INTO host_health (platform, failures, open_until) VALUES ($1, 3, $2)', [
        platform,
        new Date(START + 40_000),
      ])
    const remember = (refusal: string) => (fileId: string) =>
      database.manager.update(SourceFile, { id: fileId }, { refusal, refusedUntil: new Date(START + 70_000) })
    const CLEARING: [string, string, (fileId: string) => Promise<unknown>, number][] = [
      ['a host that said so', 'host_unavailable', remember('host_unavailable'), 70_000],
      ['accounts that could not a moment ago', 'pool_exhausted', remember('pool_exhausted'), 70_000],
      ['an open circuit', 'host_unavailable', openCircuit, 0],
      [
        'a store that is away',
        'store_unavailable',
        () => new StoreHealth(database, clock).recordFailure('away', 'S3: ECONNREFUSED'),
        0,
      ],
      [
        'accounts that rest',
        'pool_exhausted',
        () => database.query('UPDATE host_account SET cool_until = $1', [new Date(START + 30_000)]),
        0,
      ],
    ]

    it.each(CLEARING)(
      '%s (%s): a file of known size waits, due when its host may be asked; nobody calls for it before',
      async (_name, cause, make, dueIn) => {
        await addAccountOfPool()
        const [caller, fileId] = [await newCaller(), await newFile()]
        await make(fileId)
        const applicant = await applicantOf(caller, fileId)
        expect(await admission.refusalOfCall(applicant, ADMISSION_GATES)).toMatchObject({ refusal: cause })
        expect(await admission.refusal({ ...applicant, size: null }, ADMISSION_GATES)).toMatchObject({
          refusal: cause,
        })
        expect(await admission.refusal(applicant, ADMISSION_GATES)).toBeUndefined()
        const waiting = (await admission.explain(applicant)).filter((gate) => gate.refusal ?? gate.waits)
        expect(waiting).toMatchObject([{ waits: true, clearsInSeconds: expect.any(Number) }])
        expect(await admit(caller, fileId)).toMatchObject({ reused: false })
        expect(await fileOf(fileId)).toMatchObject({
          state: 'pending',
          refusal: null,
          nextAttemptAt: new Date(START + dueIn),
        })
      },
    )

    it.each([
      ['a store that is full', 'store_full', 'full'],
      ['a store that is another one', 'store_unavailable', 'wrong'],
    ] as const)(
      '%s does not, nor do accounts that an operator has to see to',
      async (_name, cause, trouble) => {
        const id = await addAccountOfPool()
        const of = [await newCaller(), await newFile()] as const
        const store = new StoreHealth(database, clock)
        await store.recordFailure(trouble, 'test')
        await expect(admit(...of)).rejects.toMatchObject({ refusal: cause })
        await store.recordRecovery()
        await database.query('UPDATE host_account SET enabled = false WHERE id = $1', [id])
        await expect(admit(...of)).rejects.toMatchObject({ refusal: 'pool_exhausted' })
      },
    )
  })
})
