import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Account, Accounts, type Caller } from '../accounts/index.js'
import { Admission } from '../admission/index.js'
import { DiscardedObject, STOP_WRITING_MS } from '../discards/index.js'
import { FilePieces, Files, SourceFile, StoredFiles } from '../files/index.js'
import { Link, PgDownloads } from '../links/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { TestDatabase, aPolicy } from '../testing/index.js'
import { Fetches } from './index.js'

const LEASE_MS = 15_000
const SIZE = 100
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let accounts: Accounts
let admission: Admission
let fetches: Fetches
let stored: StoredFiles

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  accounts = new Accounts(database, clock)
  fetches = new Fetches(database, clock)
  stored = new StoredFiles(database, clock)
  const vault = new Vault(randomBytes(32))
  const files = new Files(database, clock, vault)
  admission = new Admission(database, clock, files, new AccountPool(database, clock, vault), 86_400_000)
})
afterAll(() => db.close())
beforeEach(() => database.query('TRUNCATE link, source_file, file_pieces, discarded_object CASCADE'))

const newUser = () => db.anAccount({ traffic: 10 * SIZE })
const newFile = async () => (await db.aFile({ size: SIZE })).id

const policy = aPolicy({ maxDownloads: 1_000, maxQueued: 0 })
const linked = async (caller: Caller, fileId: string) =>
  (await admission.admit({ caller, fileId, hostDomain: 'sample.test', policy })).linkId
const fileOf = (id: string) => database.manager.findOneByOrFail(SourceFile, { id })
const endOf = async (id: string) => (await database.manager.findOneByOrFail(Link, { id })).endReason

async function begun(fileId: string) {
  const { generation } = await fileOf(fileId)
  const file = await fetches.claim({ fileId, generation }, 'w', LEASE_MS)
  const claim = { fileId, claim: file?.claim ?? 0, worker: 'w' }
  await fetches.setUpload(claim, { objectKey: `${fileId}/1`, uploadId: 'u', partSize: 8 })
  return claim
}
const done = async (fileId: string) =>
  fetches.finish(await begun(fileId), { size: SIZE, sha256: 'ab'.repeat(32), pieces: Buffer.alloc(32) })

/** left gives the traffic that is left, which has to be the sum of the entries. */
async function left(accountId: string): Promise<number> {
  const { trafficLeft } = await database.manager.findOneByOrFail(Account, { id: accountId })
  const entries = await TrafficLedger.entries(database, accountId)
  expect(entries.reduce((sum, entry) => sum + entry.bytes, 0)).toBe(trafficLeft)
  return trafficLeft
}

describe('a user who is removed', () => {
  it('has no key from then on, no download, no name, and every balance can be explained', async () => {
    const user = await newUser()
    const [whole, open] = [await newFile(), await newFile()]
    const [wholeLink, openLink] = [await linked(user, whole), await linked(user, open)]
    await done(whole)
    expect(await accounts.remove(user.email)).toBe(user.accountId)
    // The test goes on as if the process had been killed here.
    expect(await accounts.byKey(user.apiKey)).toBeUndefined()
    expect((await new PgDownloads(database, clock).find(wholeLink))?.state).toBe('ended')
    await expect(linked(user, await newFile())).rejects.toMatchObject({ refusal: 'account_suspended' })
    await fetches.endRemoved()
    expect([await endOf(wholeLink), await endOf(openLink)]).toEqual(['removed', 'removed'])
    expect(await left(user.accountId)).toBe(9 * SIZE)
    expect((await fileOf(open)).state).toBe('idle')
    await fetches.endRemoved()
    expect(await left(user.accountId)).toBe(9 * SIZE)
    expect((await accounts.list()).some(({ id }) => id === user.accountId)).toBe(false)
    expect((await accounts.byId(user.accountId)).email).not.toContain(user.email)
    expect(await accounts.remove(user.email)).toBeUndefined()
    expect((await accounts.create({ email: user.email, traffic: 0 })).id).not.toBe(user.accountId)
  })

  it('takes nothing from others who want the same file', async () => {
    const [gone, stays] = [await newUser(), await newUser()]
    const file = await newFile()
    const links = [await linked(gone, file), await linked(stays, file)] as const
    const claim = await begun(file)
    await accounts.remove(gone.email)
    await fetches.endRemoved()
    expect([await endOf(links[0]), await endOf(links[1])]).toEqual(['removed', null])
    expect(await fetches.finish(claim, { size: SIZE, sha256: 'ab'.repeat(32) })).toBe(true)
    expect([await left(gone.accountId), await left(stays.accountId)]).toEqual([10 * SIZE, 9 * SIZE])
  })
})

describe('a file that is removed', () => {
  it('on its way goes when its worker has noticed, and costs nobody anything', async () => {
    const users = [await newUser(), await newUser()]
    const file = await newFile()
    for (const user of users) await linked(user, file)
    const claim = await begun(file)
    expect(await fetches.remove(file)).toEqual({ stored: true, links: 2 })
    expect(await fetches.renew(claim, LEASE_MS, { bytesDone: 1, speed: null })).toBe(false)
    expect(await fetches.finish(claim, { size: SIZE, sha256: 'ab'.repeat(32) })).toBe(false)
    expect(await database.manager.find(DiscardedObject)).toMatchObject([
      { objectKey: `${file}/1`, uploadId: 'u', dueAt: new Date(START + LEASE_MS + STOP_WRITING_MS) },
    ])
    for (const user of users) expect(await left(user.accountId)).toBe(10 * SIZE)
    expect(await fetches.remove(file)).toEqual({ stored: false, links: 0 })
  })

  it('in the store goes at once, pinned or not, with its links at their price; it can be asked for anew', async () => {
    const user = await newUser()
    const file = await newFile()
    const link = await linked(user, file)
    await done(file)
    await stored.pin(file, true)
    const { generation } = await fileOf(file)
    expect(await fetches.remove(file)).toEqual({ stored: true, links: 1 })
    expect(await fileOf(file)).toMatchObject({
      ...{ state: 'idle', objectKey: null, sha256: null, pinned: false, checkedAt: null },
      generation: generation + 1,
    })
    expect(await database.manager.countBy(FilePieces, { fileId: file })).toBe(0)
    expect(await database.manager.find(DiscardedObject)).toMatchObject([{ dueAt: new Date(START) }])
    expect([await endOf(link), await left(user.accountId)]).toEqual(['removed', 9 * SIZE])
    expect(await linked(user, file)).not.toBe(link)
    expect((await fileOf(file)).state).toBe('pending')
  })

  it('that nobody knows is no file', async () => {
    expect(await fetches.remove(randomUUID())).toEqual({ stored: false, links: 0 })
  })
})
