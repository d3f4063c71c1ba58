import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource, EntityManager } from 'typeorm'
import { Account } from '../../accounts/index.js'
import { TestDatabase } from '../../testing/index.js'
import { DiscardedObject } from '../../discards/index.js'
import { Link } from '../../links/index.js'
import {
  type Claim,
  FILE_PHASES,
  type FilePhase,
  SourceFile,
  TRANSITIONS,
  type Transition,
  type TransitionName,
  transitions,
} from '../index.js'

/*
 * Every transition, from every phase, over real rows of which all else is so that the transition could happen: the
 * time has come, nobody wants what is to be given up, the claim is the last one.
 */

const START = new Date('2026-03-01T12:00:00Z')
const LATER = new Date(START.getTime() + 60_000)
/** The lease of a worker is over. */
const LEASE_OVER = new Date(START.getTime() + 120_000)
const CLAIM = 3

let db: TestDatabase
let database: DataSource

beforeAll(async () => {
  db = await TestDatabase.open()
  database = db.source
})
afterAll(() => db.close())
beforeEach(() => database.query('TRUNCATE link, source_file, file_pieces, discarded_object, account CASCADE'))

const PHASES: Record<FilePhase, Partial<SourceFile>> = {
  idle: { state: 'idle' },
  pending: { state: 'pending', objectKey: 'object', uploadId: 'upload', bytesDone: 3 },
  downloading: {
    ...{ state: 'downloading', objectKey: 'object', uploadId: 'upload', bytesDone: 3 },
    ...{ worker: 'w', leaseUntil: new Date(LATER.getTime() + 1_000), speed: 7 },
  },
  stored: { state: 'done', objectKey: 'object', bytesDone: 9, sha256: 'ab' },
  evicted: { state: 'done', objectKey: null, sha256: 'ab' },
  error: { state: 'error' },
}

async function newFile(phase: FilePhase): Promise<SourceFile> {
  const id = randomUUID()
  await database.manager.insert(SourceFile, {
    ...{ id, platform: 'Sample', hostFileId: id, canonicalUrl: id, name: 'a.bin', size: 9 },
    ...{ generation: 2, claim: CLAIM, nextAttemptAt: START, wantedAt: START, lastAccessAt: START },
    ...{
      refusal: 'file_blocked',
      refusedUntil: LEASE_OVER,
      checkedAt: START,
      createdAt: START,
      updatedAt: START,
    },
    ...PHASES[phase],
  })
  return fileOf(id)
}

async function newLink(fileId: string): Promise<void> {
  const accountId = randomUUID()
  await database.manager.insert(Account, { id: accountId, email: accountId, createdAt: START })
  const id = accountId.slice(0, 24)
  const times = { createdAt: START, expiresAt: START }
  await database.manager.insert(Link, { id, accountId, fileId, hostDomain: 'a.test', charged: 9, ...times })
}

const fileOf = (id: string) => database.manager.findOneByOrFail(SourceFile, { id })
const discarded = () => database.manager.find(DiscardedObject)

const facts = { name: 'told.bin', nameFrom: 'check', size: 10 } as const
const refusal = { cause: 'file_gone', until: LEASE_OVER.getTime() } as const
const upload = { objectKey: 'new', uploadId: 'new', partSize: 8 }
const result = { size: 10, sha256: 'cd' }

type Make = (tx: EntityManager, claim: Claim, file: SourceFile) => Promise<unknown>
const MAKE: Record<TransitionName, Make> = {
  want: (tx, { fileId }) => transitions.want(tx, fileId, LATER),
  refetchEvicted: (tx, { fileId }) => transitions.refetchEvicted(tx, fileId, LATER),
  claim: (tx, { fileId }, { generation }) =>
    transitions.claim(
      tx,
      { fileId, generation },
      { worker: 'v', leaseUntil: LEASE_OVER, slotAccountId: null },
      LEASE_OVER,
    ),
  renew: (tx, claim) => transitions.renew(tx, claim, LEASE_OVER, { bytesDone: 4, speed: 8 }, LATER),
  clear: (tx, claim) => transitions.clear(tx, claim, 8, LATER),
  isolate: (tx, claim) => transitions.isolate(tx, claim, LATER),
  setUpload: (tx, claim) => transitions.setUpload(tx, claim, upload, LATER),
  recordGap: async (tx, claim) =>
    (await transitions.recordGap(tx, claim, { start: 0, end: 4 }, LATER)) !== undefined,
  resize: (tx, claim) => transitions.resize(tx, claim, 10, LATER),
  grow: (tx, claim) => transitions.grow(tx, claim, 10, LATER),
  rename: (tx, claim) => transitions.rename(tx, claim, 'b.bin', LATER),
  recordDigest: (tx, claim) => transitions.recordDigest(tx, claim, 'cd', LATER),
  finish: (tx, claim) => transitions.finish(tx, claim, result, LATER),
  wait: (tx, claim) =>
    transitions.wait(tx, claim, LEASE_OVER.getTime(), { failedAttempt: true, restart: true }, LATER),
  fail: (tx, claim) => transitions.fail(tx, claim, refusal, LATER),
  abandon: (tx, { fileId }) => transitions.abandon(tx, fileId, LATER),
  markMissing: (tx, _, { id, generation }) => transitions.markMissing(tx, { fileId: id, generation }, LATER),
  evict: (tx, { fileId }) => transitions.evict(tx, [fileId], LATER),
  forget: (tx, { fileId }) => transitions.forget(tx, [fileId], LATER),
  block: (tx, { fileId }) => transitions.block(tx, fileId, LATER),
  remove: (tx, { fileId }) => transitions.remove(tx, fileId, LATER),
  unblock: (tx) => transitions.unblock(tx, LATER),
  pin: (tx, { fileId }) => transitions.pin(tx, fileId, true, LATER),
  touch: (_, { fileId }) => transitions.touch(database, fileId, LATER, LATER),
  recordFacts: (tx, { fileId }) => transitions.recordFacts(tx, fileId, facts, LATER),
  recordRefusal: (tx, { fileId }) => transitions.recordRefusal(tx, fileId, refusal, LATER),
  confirm: (tx, { fileId }) => transitions.confirm(tx, fileId, LATER),
  supersede: (tx, { fileId }) => transitions.supersede(tx, fileId, LATER),
  doubt: (tx, { fileId }) => transitions.doubt(tx, fileId),
  unlink: (tx, { fileId }) => transitions.unlink(tx, [fileId]),
  setUrl: (tx, { fileId }) => transitions.setUrl(tx, fileId, 'another', LATER),
}

const NAMES = Object.keys(TRANSITIONS) as TransitionName[]
const transitionOf = (name: TransitionName): Transition => TRANSITIONS[name]

function make(name: TransitionName, file: SourceFile, claim = CLAIM): Promise<unknown> {
  return MAKE[name](database.manager, { fileId: file.id, claim, worker: 'w' }, file)
}

describe.each(NAMES)('%s', (name) => {
  const { from, to, by } = transitionOf(name)

  it.each(from)(`makes of a file that is %s one that is ${to ?? 'the same'}`, async (phase) => {
    const before = await newFile(phase)
    await make(name, before)
    const after = await fileOf(before.id)
    expect(after).not.toEqual(before)
    expect(after.state).toBe(to ?? before.state)
  })

  const forbidden = FILE_PHASES.filter((phase) => !from.includes(phase))
  if (forbidden.length > 0) {
    it.each(forbidden)('changes nothing of a file that is %s', async (phase) => {
      const before = await newFile(phase)
      await make(name, before)
      expect(await fileOf(before.id)).toEqual(before)
      expect(await discarded()).toEqual([])
    })
  }

  if (by === 'holder') {
    it.each([CLAIM - 1, CLAIM + 1])('changes nothing by another claim than the last (%i)', async (claim) => {
      const before = await newFile('downloading')
      await make(name, before, claim)
      expect(await fileOf(before.id)).toEqual(before)
      expect(await discarded()).toEqual([])
    })
  }
})

describe('a file', () => {
  it.each(FILE_PHASES)('that is %s can leave that', (phase) => {
    const leaving = NAMES.map(transitionOf).filter(({ from, to }) => to && from.includes(phase))
    expect(leaving.some(({ to }) => to !== PHASES[phase].state)).toBe(true)
  })

  it.each(['abandon', 'forget'] as const)('that somebody wants stays, whoever would %s it', async (name) => {
    for (const phase of transitionOf(name).from) {
      const before = await newFile(phase)
      await newLink(before.id)
      await make(name, before)
      expect(await fileOf(before.id)).toEqual(before)
    }
    expect(await discarded()).toEqual([])
  })

  it('is no other worker’s while it is leased', async () => {
    const before = await newFile('downloading')
    const by = { worker: 'v', leaseUntil: LEASE_OVER, slotAccountId: null }
    const job = { fileId: before.id, generation: before.generation }
    expect(await transitions.claim(database.manager, job, by, LATER)).toBe(false)
    expect(await fileOf(before.id)).toEqual(before)
  })

  it.each(NAMES.filter((name) => name !== 'markMissing'))(
    'loses no object without noting it: %s',
    async (name) => {
      for (const phase of transitionOf(name).from) {
        await database.query('TRUNCATE source_file, discarded_object CASCADE')
        const before = await newFile(phase)
        await make(name, before)
        const { objectKey } = await fileOf(before.id)
        const noted = (await discarded()).map((object) => object.objectKey)
        const lost = before.objectKey !== null && objectKey === null
        expect({ name, phase, noted }).toEqual({ name, phase, noted: lost ? [before.objectKey] : [] })
      }
    },
  )
})
