import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import type { Caller } from '../accounts/index.js'
import { Admission } from '../admission/index.js'
import { Discards } from '../discards/index.js'
import { Link, Links, PgDownloads } from '../links/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { Files, SourceFile, StoredFiles, fileIdentity } from './index.js'

const HOUR = 3_600_000
const SIZE = 100
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let stored: StoredFiles
let admission: Admission

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  stored = new StoredFiles(database, clock)
  const vault = new Vault(randomBytes(32))
  const pool = new AccountPool(database, clock, vault)
  admission = new Admission(database, clock, new Files(database, clock, vault), pool, 86_400_000)
})
afterAll(() => db.close())
beforeEach(() => database.query('TRUNCATE link, source_file, discarded_object CASCADE'))

const newFile = async (idleMs: number, more: Partial<SourceFile> = {}): Promise<string> =>
  (await db.aFile({ state: 'done', size: SIZE, lastAccessAt: new Date(START - idleMs), ...more })).id

async function newLink(fileId: string, more: Partial<Link> = {}): Promise<{ id: string; caller: Caller }> {
  const caller = await db.anAccount({ traffic: 100 * SIZE })
  const file = { id: fileId, platform: 'Sample', size: SIZE }
  const { id } = await db.aLink({ expiresAt: new Date(START + HOUR), ...more, account: caller, file })
  return { id, caller }
}

const fileOf = (id: string) => database.manager.findOneByOrFail(SourceFile, { id })
const evicted = async (quota: number, limit = 100) =>
  (await stored.evict(quota, limit)).map(({ fileId }) => fileId)
const discarded = async () =>
  (await new Discards(database, clock).due(100)).map(({ objectKey }) => objectKey).sort()

describe('a store that is over its quota', () => {
  it('gives up those read least recently, and no more than it must', async () => {
    const [third, first, second] = [await newFile(HOUR), await newFile(3 * HOUR), await newFile(2 * HOUR)]
    expect(await evicted(3 * SIZE)).toEqual([])
    expect(await evicted(3 * SIZE - 1)).toEqual([first])
    expect(await evicted(3 * SIZE - 1)).toEqual([])
    expect(await evicted(SIZE)).toEqual([second])
    expect(await fileOf(first)).toMatchObject({ state: 'idle', objectKey: null, generation: 2, sha256: null })
    expect((await fileOf(third)).state).toBe('done')
    expect(await discarded()).toEqual([`${first}/1`, `${second}/1`].sort())
  })

  it('spares what is pinned, what was read within minutes, and what is being fetched, but counts it', async () => {
    await newFile(3 * HOUR, { pinned: true })
    await newFile(5 * 60_000)
    await newFile(3 * HOUR, { state: 'downloading', bytesDone: 60 })
    const victim = await newFile(HOUR)
    expect(await evicted(3 * SIZE + 60)).toEqual([])
    expect(await evicted(3 * SIZE)).toEqual([victim])
    expect(await evicted(1)).toEqual([])
  })

  it('evicts each file once, though several workers do it at once', async () => {
    for (let index = 1; index <= 20; index++) await newFile(index * HOUR)
    const rounds = await Promise.all(Array.from({ length: 6 }, () => evicted(5 * SIZE)))
    expect(new Set(rounds.flat()).size).toBe(rounds.flat().length)
    await evicted(5 * SIZE)
    expect(await database.manager.countBy(SourceFile, { state: 'done' })).toBe(5)
    expect(await discarded()).toHaveLength(15)
  })

  it('keeps pinned files also when nobody read them for long', async () => {
    const fileId = await newFile(3 * HOUR)
    expect([await stored.pin(fileId, true), await stored.pin(fileId, true)]).toEqual([true, true])
    expect(await stored.forgetUnused(HOUR, 10)).toEqual([])
    await stored.pin(fileId, false)
    expect(await stored.forgetUnused(HOUR, 10)).toHaveLength(1)
    expect(await stored.pin(randomUUID(), true)).toBe(false)
  })
})

describe('a link to an evicted file', () => {
  async function evictedFile(more: Partial<Link> = {}) {
    const fileId = await newFile(HOUR)
    const link = await newLink(fileId, more)
    expect(await evicted(1)).toEqual([fileId])
    expect(await fileOf(fileId)).toMatchObject({ state: 'done', objectKey: null, generation: 2 })
    expect(await waiting()).toEqual([])
    return { fileId, link }
  }
  const waiting = () => database.query<unknown[]>('SELECT file_id AS "fileId" FROM waiting_fetch')
  const balances = () => database.query<unknown[]>('SELECT id, traffic_left FROM account ORDER BY id')

  const ways: [string, (fileId: string, link: { id: string; caller: Caller }) => Promise<unknown>][] = [
    ['a download', async (_, { id }) => (await new PgDownloads(database, clock).find(id))?.state],
    [
      'a poll',
      async (_, { id, caller }) => (await new Links(database, clock).view(caller.accountId, id))?.state,
    ],
    [
      'a new request',
      async (fileId, { caller }) => {
        const ref = {
          kind: 'file' as const,
          fileId,
          canonicalUrl: `https://sample.test/${fileId}`,
          hostDomain: 'sample.test',
        }
        const facts = { platform: 'Sample', hostFileId: fileId, canonicalUrl: ref.canonicalUrl }
        const identity = fileIdentity('Sample', ref, undefined)
        return (await admission.linkIfStored(caller, identity, facts, { hostDomain: 'sample.test' })).live
          ?.state
      },
    ],
  ]
  it.each(ways)('has it fetched again by %s, for nothing', async (_, ask) => {
    const { fileId, link } = await evictedFile()
    const before = await balances()
    expect(['not_ready', 'pending']).toContain(await ask(fileId, link))
    expect(await waiting()).toEqual([{ fileId }])
    expect(['not_ready', 'pending']).toContain(await ask(fileId, link))
    expect(await balances()).toEqual(before)
    expect(await database.manager.countBy(Link, { fileId })).toBe(1)
  })

  it('asks for nothing once its time is over', async () => {
    const { fileId, link } = await evictedFile({ expiresAt: new Date(START) })
    expect((await new PgDownloads(database, clock).find(link.id))?.state).toBe('ended')
    await new Links(database, clock).view(link.caller.accountId, link.id)
    expect((await fileOf(fileId)).state).toBe('done')
    await new Links(database, clock).expire()
    expect(await stored.forgetUnused(HOUR, 10)).toEqual([{ fileId, objectKey: null }])
  })
})
