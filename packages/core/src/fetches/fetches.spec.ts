import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Account, type Caller } from '../accounts/index.js'
import { Admission } from '../admission/index.js'
import { type Claim, FilePieces, Files, type HostRefusal, SourceFile, StoredFiles } from '../files/index.js'
import { Link } from '../links/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { TestDatabase, aPolicy } from '../testing/index.js'
import { Fetches } from './index.js'

const LEASE_MS = 30_000
const SIZE = 100
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let fetches: Fetches
let storedFiles: StoredFiles
let admission: Admission

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  fetches = new Fetches(database, clock)
  storedFiles = new StoredFiles(database, clock)
  const vault = new Vault(randomBytes(32))
  const pool = new AccountPool(database, clock, vault)
  admission = new Admission(database, clock, new Files(database, clock, vault), pool, 86_400_000)
})
afterAll(() => db.close())
beforeEach(async () => {
  await database.query('TRUNCATE link, source_file CASCADE')
  clock.set()
})

const newFile = async (more: Partial<SourceFile> = {}): Promise<string> =>
  (await db.aFile({ state: 'pending', size: SIZE, ...more })).id
const newCaller = (): Promise<Caller> => db.anAccount({ traffic: 100 * SIZE })

const policy = aPolicy({ maxDownloads: 1_000, maxQueued: 0 })
const admit = (caller: Caller, fileId: string) =>
  admission.admit({ caller, fileId, hostDomain: 'sample.test', policy })

const job = (fileId: string, generation = 1) => ({ fileId, generation })
const piecesOf = (fileId: string) => database.manager.findOneBy(FilePieces, { fileId })
const fileOf = (id: string) => database.manager.findOneByOrFail(SourceFile, { id })

async function claimed(fileId: string, worker = 'one'): Promise<Claim> {
  const { generation } = await fileOf(fileId)
  const file = await fetches.claim(job(fileId, generation), worker, LEASE_MS)
  if (!file) throw new Error('not claimed')
  return { fileId, claim: file.claim, worker }
}

/** Traffic left, which has to be the sum of the entries. */
async function left({ accountId }: Caller): Promise<number> {
  const { trafficLeft } = await database.manager.findOneByOrFail(Account, { id: accountId })
  const entries = await TrafficLedger.entries(database, accountId)
  expect(entries.reduce((sum, entry) => sum + entry.bytes, 0)).toBe(trafficLeft)
  return trafficLeft
}

const GONE: HostRefusal = { cause: 'file_gone', until: START + 600_000 }
const RESULT = { size: SIZE + 1, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) }

describe('a claim', () => {
  it('is taken by exactly one of many workers', async () => {
    const fileId = await newFile()
    const taken = await Promise.all(
      Array.from({ length: 40 }, (_, index) => fetches.claim(job(fileId), `worker-${index}`, LEASE_MS)),
    )
    const winners = taken.filter((file) => file !== undefined)
    expect(winners).toHaveLength(1)
    expect(await fileOf(fileId)).toMatchObject({
      state: 'downloading',
      claim: 1,
      worker: winners[0]?.worker,
      leaseUntil: new Date(START + LEASE_MS),
    })
  })

  it('is not given before the file is due', async () => {
    const fileId = await newFile({ nextAttemptAt: new Date(START + 1) })
    expect(await fetches.claim(job(fileId), 'one', LEASE_MS)).toBeUndefined()
    clock.advance(1)
    expect(await fetches.claim(job(fileId), 'one', LEASE_MS)).toBeDefined()
  })

  it('is not given for a job of another generation, nor for a file that nobody knows', async () => {
    const fileId = await newFile({ generation: 2 })
    expect(await fetches.claim(job(fileId, 1), 'one', LEASE_MS)).toBeUndefined()
    expect(await fetches.claim(job(fileId, 3), 'one', LEASE_MS)).toBeUndefined()
    expect(await fetches.claim(job(randomUUID()), 'one', LEASE_MS)).toBeUndefined()
  })

  it.each(['idle', 'done', 'error'] as const)('is not given for a file that is %s', async (state) => {
    expect(await fetches.claim(job(await newFile({ state })), 'one', LEASE_MS)).toBeUndefined()
  })

  it('is held as long as it is renewed, with its progress for all to see', async () => {
    const fileId = await newFile()
    const claim = await claimed(fileId)
    clock.advance(LEASE_MS - 1)
    expect(await fetches.renew(claim, LEASE_MS, { bytesDone: 40, speed: 7 })).toBe(true)
    clock.advance(LEASE_MS - 1)
    expect(await fetches.claim(job(fileId), 'two', LEASE_MS)).toBeUndefined()
    expect(await fileOf(fileId)).toMatchObject({ bytesDone: 40, speed: 7, worker: 'one' })
  })
})

describe('bytes that the host has lost', () => {
  it('are counted once, however often and in whatever pieces they are told, and anew with each upload', async () => {
    const claim = await claimed(await newFile())
    const missing = async () => (await fileOf(claim.fileId)).missingBytes
    const tell = (start: number, end: number) => fetches.recordGap(claim, { start, end }, SIZE)
    expect(await missing()).toBe(0)
    for (const [start, end, sum] of [
      [10, 20, 10],
      [15, 25, 15],
      [10, 20, 15],
      [40, 41, 16],
      [25, 40, 31],
    ] as const) {
      expect(await tell(start, end)).toBe(true)
      expect(await missing()).toBe(sum)
    }
    await fetches.finish(claim, RESULT)
    expect(await missing()).toBe(31)
    const other = await claimed(await newFile())
    await fetches.recordGap(other, { start: 0, end: 9 }, SIZE)
    await fetches.setUpload(other, { objectKey: 'o', uploadId: 'u', partSize: 8 })
    expect(await fileOf(other.fileId)).toMatchObject({ missingBytes: 0 })
  })

  it('make the file one that is gone where they are more than half of it, or in very many places', async () => {
    const claim = await claimed(await newFile())
    expect(await fetches.recordGap(claim, { start: 0, end: SIZE / 2 }, SIZE)).toBe(true)
    await expect(fetches.recordGap(claim, { start: 98, end: 99 }, SIZE)).rejects.toMatchObject({
      kind: 'FILE_GONE',
    })
    const scattered = await claimed(await newFile())
    await database.query(
      `UPDATE source_file SET gaps = (SELECT range_agg(int8range(2 * at, 2 * at + 1)) FROM generate_series(1, 5000) AS at)
        WHERE id = $1`,
      [scattered.fileId],
    )
    await expect(fetches.recordGap(scattered, { start: 0, end: 1 }, 10 ** 9)).rejects.toMatchObject({
      kind: 'FILE_GONE',
    })
  })
})

describe('a worker that lost its lease', () => {
  it('does not get it back by a late heartbeat, since its slot was free for others', async () => {
    const claim = await claimed(await newFile())
    clock.advance(LEASE_MS)
    const before = await fileOf(claim.fileId)
    expect(await fetches.renew(claim, LEASE_MS, { bytesDone: 1, speed: 1 })).toBe(false)
    expect(await fileOf(claim.fileId)).toEqual(before)
  })

  const STEPS: [string, (claim: Claim) => Promise<boolean>][] = [
    ['renew', (claim) => fetches.renew(claim, LEASE_MS, { bytesDone: 1, speed: 1 })],
    ['set its upload', (claim) => fetches.setUpload(claim, { objectKey: 'o', uploadId: 'u', partSize: 8 })],
    ['record a gap', (claim) => fetches.recordGap(claim, { start: 0, end: 1 }, SIZE)],
    ['finish', (claim) => fetches.finish(claim, RESULT)],
    ['wait', (claim) => fetches.wait(claim, START, { failedAttempt: true, restart: true })],
    ['fail', (claim) => fetches.fail(claim, GONE)],
  ]

  it.each(STEPS)('does not %s once another has taken over', async (_, step) => {
    const fileId = await newFile()
    const caller = await newCaller()
    await admit(caller, fileId)
    const lost = await claimed(fileId, 'killed')
    clock.advance(LEASE_MS - 1)
    expect(await fetches.claim(job(fileId), 'two', LEASE_MS)).toBeUndefined()
    clock.advance(1)
    const next = await claimed(fileId, 'two')
    const before = await fileOf(fileId)
    expect(await step(lost)).toBe(false)
    expect(await fileOf(fileId)).toEqual(before)
    expect(await left(caller)).toBe(99 * SIZE)
    expect(await step(next)).toBe(true)
  })

  it.each(STEPS)('does not %s a file that is over', async (_, step) => {
    const fileId = await newFile()
    const claim = await claimed(fileId)
    await fetches.finish(claim, RESULT)
    const before = await fileOf(fileId)
    expect(await step(claim)).toBe(false)
    expect(await fileOf(fileId)).toEqual(before)
  })

  it('loses to exactly one of many', async () => {
    const fileId = await newFile()
    await claimed(fileId)
    clock.advance(LEASE_MS)
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => fetches.claim(job(fileId), 'next', LEASE_MS)),
    )
    expect(taken.filter(Boolean)).toHaveLength(1)
  })
})

describe('a fetch', () => {
  it('ends with the facts of the object, and nothing of the way there', async () => {
    const fileId = await newFile({ refusal: 'file_gone', refusedUntil: new Date(START) })
    const claim = await claimed(fileId)
    await fetches.setUpload(claim, { objectKey: 'object', uploadId: 'upload', partSize: 8 })
    clock.advance(5_000)
    expect(await fetches.finish(claim, RESULT)).toBe(true)
    expect(await fileOf(fileId)).toMatchObject({
      ...RESULT,
      state: 'done',
      bytesDone: SIZE + 1,
      objectKey: 'object',
      uploadId: null,
      worker: null,
      leaseUntil: null,
      speed: null,
      refusal: null,
      refusedUntil: null,
      doneAt: new Date(clock.now()),
      lastAccessAt: new Date(clock.now()),
    })
  })

  it('keeps the hashes of its pieces, once per file', async () => {
    const fileId = await newFile()
    for (const [generation, byte] of [
      [1, 1],
      [5, 2],
    ] as const) {
      await database.manager.update(SourceFile, { id: fileId }, { generation, state: 'pending' })
      const pieces = Buffer.alloc(64, byte)
      const result = { ...RESULT, crc32c: 'ef'.repeat(4), pieces }
      expect(await fetches.finish(await claimed(fileId), result)).toBe(true)
      expect((await fileOf(fileId)).crc32c).toBe(result.crc32c)
      expect(await piecesOf(fileId)).toMatchObject({ generation, digests: pieces })
    }
  })

  it.each([
    { failedAttempt: false, restart: false, attempts: 3, uploadId: 'upload', bytesDone: 40 },
    { failedAttempt: true, restart: false, attempts: 4, uploadId: 'upload', bytesDone: 40 },
    { failedAttempt: false, restart: true, attempts: 3, uploadId: null, bytesDone: 0 },
    { failedAttempt: true, restart: true, attempts: 4, uploadId: null, bytesDone: 0 },
  ])(
    'waits: $failedAttempt for an attempt, $restart for a restart',
    async ({ failedAttempt, restart, ...after }) => {
      const fileId = await newFile({ attempts: 3 })
      const claim = await claimed(fileId)
      await fetches.setUpload(claim, { objectKey: 'object', uploadId: 'upload', partSize: 8 })
      await fetches.renew(claim, LEASE_MS, { bytesDone: 40, speed: 7 })
      expect(await fetches.wait(claim, START + 9_000, { failedAttempt, restart })).toBe(true)
      expect(await fileOf(fileId)).toMatchObject({
        state: 'pending',
        nextAttemptAt: new Date(START + 9_000),
        worker: null,
        leaseUntil: null,
        speed: null,
        generation: 1,
        ...after,
      })
      expect(await fetches.claim(job(fileId), 'two', LEASE_MS)).toBeUndefined()
      clock.set(START + 9_000)
      expect(await fetches.claim(job(fileId), 'two', LEASE_MS)).toMatchObject({ claim: 2 })
    },
  )
})

describe('a failure for good', () => {
  it('ends all links, gives each account its traffic back once, and is remembered', async () => {
    const fileId = await newFile()
    const callers = await Promise.all(Array.from({ length: 4 }, newCaller))
    for (const caller of callers) await admit(caller, fileId)
    const claim = await claimed(fileId)
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => fetches.fail(claim, GONE)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await fileOf(fileId)).toMatchObject({
      state: 'error',
      refusal: 'file_gone',
      refusedUntil: new Date(GONE.until),
      uploadId: null,
      bytesDone: 0,
    })
    for (const caller of callers) expect(await left(caller)).toBe(100 * SIZE)
    const ended = await database.manager.findBy(Link, { fileId })
    expect(ended.map(({ endReason }) => endReason)).toEqual(Array(4).fill('failed'))
  })

  it('never leaves a live link behind, whichever of it and a new link comes first', async () => {
    const early = await newCaller()
    for (let round = 0; round < 10; round++) {
      const fileId = await newFile()
      await admit(early, fileId)
      const claim = await claimed(fileId)
      const late = await newCaller()
      const [failed, admitted] = await Promise.allSettled([fetches.fail(claim, GONE), admit(late, fileId)])
      expect(failed).toEqual({ status: 'fulfilled', value: true })
      if (admitted.status === 'rejected') expect(admitted.reason).toMatchObject({ refusal: 'file_gone' })
      expect(await database.query('SELECT 1 FROM link WHERE ended_at IS NULL')).toEqual([])
      expect(await left(late)).toBe(100 * SIZE)
    }
    expect(await left(early)).toBe(100 * SIZE)
  })

  it('of many files of the same accounts at once takes no lock out of order', async () => {
    const callers = await Promise.all(Array.from({ length: 12 }, newCaller))
    const claims: Claim[] = []
    for (let index = 0; index < 12; index++) {
      const fileId = await newFile()
      // Each file has the accounts in another order.
      for (const caller of [...callers.slice(index), ...callers.slice(0, index)]) await admit(caller, fileId)
      claims.push(await claimed(fileId))
    }
    const transactions = jest.spyOn(database, 'transaction')
    const outcomes = await Promise.all(claims.map((claim) => fetches.fail(claim, GONE)))
    expect(outcomes).toEqual(Array(12).fill(true))
    expect(transactions).toHaveBeenCalledTimes(12) // a deadlock would have been tried again
    transactions.mockRestore()
    for (const caller of callers) expect(await left(caller)).toBe(100 * SIZE)
  })
})

describe('a cancellation', () => {
  const objects = () =>
    database.query('SELECT object_key AS key, upload_id AS upload, due_at AS due FROM discarded_object')
  beforeEach(() => database.query('TRUNCATE discarded_object'))

  it('of the last link ends the fetch, gives the traffic back, and the parts go once the worker is quiet', async () => {
    const fileId = await newFile()
    const caller = await newCaller()
    const { linkId } = await admit(caller, fileId)
    const claim = await claimed(fileId)
    await fetches.setUpload(claim, { objectKey: 'object', uploadId: 'upload', partSize: 8 })
    expect(await fetches.cancel(caller.accountId, linkId)).toBe('cancelled')
    expect(await fileOf(fileId)).toMatchObject({
      ...{ state: 'idle', generation: 2, objectKey: null, uploadId: null, worker: null, slotAccountId: null },
    })
    expect(await left(caller)).toBe(100 * SIZE)
    expect(await fetches.renew(claim, LEASE_MS, { bytesDone: 1, speed: 1 })).toBe(false)
    const due = new Date(START + LEASE_MS + 60_000)
    expect(await objects()).toEqual([{ key: 'object', upload: 'upload', due }])
    expect(await fetches.cancel(caller.accountId, linkId)).toBe('finished')
    expect(await left(caller)).toBe(100 * SIZE)
  })

  it('leaves the fetch to the others who want the file', async () => {
    const fileId = await newFile()
    const [one, two] = [await newCaller(), await newCaller()]
    const { linkId } = await admit(one, fileId)
    await admit(two, fileId)
    const claim = await claimed(fileId)
    expect(await fetches.cancel(one.accountId, linkId)).toBe('cancelled')
    expect([await left(one), await left(two)]).toEqual([100 * SIZE, 99 * SIZE])
    expect(await fetches.renew(claim, LEASE_MS, { bytesDone: 1, speed: 1 })).toBe(true)
    expect(await objects()).toEqual([])
  })

  it('of a link to a file that is done gives nothing back, and is of the account’s own links only', async () => {
    const fileId = await newFile()
    const [caller, stranger] = [await newCaller(), await newCaller()]
    const { linkId } = await admit(caller, fileId)
    expect(await fetches.cancel(stranger.accountId, linkId)).toBe('unknown')
    await fetches.finish(await claimed(fileId), { ...RESULT, size: SIZE })
    expect(await fetches.cancel(caller.accountId, linkId)).toBe('ended')
    expect(await fetches.cancel(caller.accountId, linkId)).toBe('finished')
    expect(await left(caller)).toBe(99 * SIZE)
    expect(await fileOf(fileId)).toMatchObject({ state: 'done', checkedAt: null })
  })

  it('and the end of its fetch at once come to one of both, with traffic to match', async () => {
    for (let round = 0; round < 10; round++) {
      const fileId = await newFile()
      const caller = await newCaller()
      const { linkId } = await admit(caller, fileId)
      const claim = await claimed(fileId)
      const [cancelled, finished] = await Promise.all([
        fetches.cancel(caller.accountId, linkId),
        fetches.finish(claim, { ...RESULT, size: SIZE }),
      ])
      expect(cancelled).toBe(finished ? 'ended' : 'cancelled')
      expect(await left(caller)).toBe((finished ? 99 : 100) * SIZE)
    }
  })
})

describe('a pending file that nobody waits for', () => {
  it('is given up, and one that somebody waits for is not', async () => {
    const [unwanted, wanted] = [await newFile({ objectKey: 'object', uploadId: 'upload' }), await newFile()]
    await admit(await newCaller(), wanted)
    await fetches.abandonUnwanted()
    expect(await fileOf(unwanted)).toMatchObject({ state: 'idle', generation: 2, objectKey: null })
    expect(await fileOf(wanted)).toMatchObject({ state: 'pending', generation: 1 })
  })
})

describe('files that nobody uses', () => {
  const HOUR = 3_600_000
  const stored = (idleMs: number) =>
    newFile({
      state: 'done',
      objectKey: randomUUID(),
      bytesDone: SIZE,
      sha256: 'ab',
      md5: 'cd',
      lastAccessAt: new Date(START - idleMs),
    })

  it('are given up, and their objects named; those that were read lately stay', async () => {
    const unused = await stored(HOUR)
    const used = await stored(HOUR - 1)
    const { objectKey } = await fileOf(unused)
    await database.manager.insert(FilePieces, { fileId: unused, generation: 1, digests: Buffer.alloc(32) })
    expect(await storedFiles.forgetUnused(HOUR, 10)).toEqual([{ fileId: unused, objectKey }])
    expect(await fileOf(unused)).toMatchObject({
      state: 'idle',
      generation: 2,
      objectKey: null,
      bytesDone: 0,
      checkedAt: null,
      sha256: null,
      md5: null,
      crc32c: null,
    })
    expect(await piecesOf(unused)).toBeNull()
    expect((await fileOf(used)).state).toBe('done')
  })

  it('are spared while a link lives, and given up when it has ended', async () => {
    const fileId = await stored(HOUR)
    const { linkId } = await admit(await newCaller(), fileId)
    expect(await storedFiles.forgetUnused(HOUR, 10)).toEqual([])
    await database.manager.update(Link, { id: linkId }, { endedAt: new Date(START), endReason: 'expired' })
    expect(await storedFiles.forgetUnused(HOUR, 10)).toMatchObject([{ fileId }])
  })

  it('are given up once each and no more than asked for, though several workers do it at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => stored(HOUR)))
    expect(await storedFiles.forgetUnused(HOUR, 3)).toHaveLength(3)
    const rounds = await Promise.all(Array.from({ length: 6 }, () => storedFiles.forgetUnused(HOUR, 10)))
    expect(rounds.flat()).toHaveLength(9)
    for (const id of all) expect(await fileOf(id)).toMatchObject({ state: 'idle', generation: 2 })
  })

  it('are spared if a link is made while the others are being given up', async () => {
    // The first row that is given up is held by a trigger, long enough for a link to the second.
    await database.query(`
      CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NEW; END $$`)
    await database.query(
      `CREATE TRIGGER hold BEFORE UPDATE ON source_file FOR EACH ROW WHEN (NEW.state = 'idle') EXECUTE FUNCTION hold()`,
    )
    const gate = database.createQueryRunner()
    try {
      await gate.query('SELECT pg_advisory_lock(77)')
      const [, second] = [await stored(2 * HOUR), await stored(HOUR)]
      const forgetting = storedFiles.forgetUnused(HOUR, 10)
      await blocked(1)
      let isOver = false
      const admitted = admit(await newCaller(), second).finally(() => (isOver = true))
      await blocked(2, () => isOver)
      await gate.query('SELECT pg_advisory_unlock(77)')
      await forgetting
      expect((await admitted).reused).toBe(false)
      expect((await fileOf(second)).state).not.toBe('idle')
    } finally {
      await gate.query('SELECT pg_advisory_unlock_all()')
      await gate.release()
      await database.query('DROP TRIGGER hold ON source_file; DROP FUNCTION hold')
    }
  })

  /** Resolves when this many sessions of this database wait for a lock, or `isOver`. */
  async function blocked(sessions: number, isOver = () => false): Promise<void> {
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
                      WHERE datname = current_database() AND wait_event_type = 'Lock'`
    while (!isOver()) {
      const [row] = await database.query<[{ count: number }]>(waiting)
      if (row.count >= sessions) return
    }
  }
})
