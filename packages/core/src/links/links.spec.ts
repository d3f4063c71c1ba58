import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Account } from '../accounts/index.js'
import { FilePieces, type FileState, SourceFile } from '../files/index.js'
import { poolOf } from '../statements/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { TestDatabase } from '../testing/index.js'
import { type Download, Link, Links, PgDownloads, failLinks } from './index.js'

const EXPIRY = START + 1_000
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let links: Links
let downloads: PgDownloads
let accountId: string
let fileId: string
let linkId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  links = new Links(database, clock)
  downloads = new PgDownloads(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  accountId = await newAccount()
  fileId = await newFile('done')
  linkId = await newLink(accountId, fileId)
})

const newAccount = async () => (await db.anAccount({ traffic: 1_000 })).accountId

const newFile = async (state: FileState) =>
  (
    await db.aFile({
      ...{ state, size: 6_000_000_000, generation: 3, attempts: 2 },
      ...{ sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16), crc32c: '0badcafe' },
      ...{ doneAt: new Date(START - 5_000), lastAccessAt: new Date(START) },
    })
  ).id

async function newLink(accountId: string, fileId: string): Promise<string> {
  const file = { id: fileId, platform: 'Sample', size: null }
  const link = { hostDomain: 'smpl.test', charged: 100, expiresAt: new Date(EXPIRY) }
  return (await db.aLink({ ...link, account: { accountId }, file })).id
}

const setFile = (more: Partial<SourceFile>) => database.manager.update(SourceFile, { id: fileId }, more)
const fileNow = () => database.manager.findOneByOrFail(SourceFile, { id: fileId })
const end = (reason: Link['endReason'], id = linkId) =>
  database.manager.update(Link, { id }, { endedAt: new Date(clock.now()), endReason: reason })

async function found(): Promise<Download> {
  const download = await downloads.find(linkId)
  if (!download) throw new Error('no such link')
  return download
}

describe('a download', () => {
  it('tells all that the proxy needs', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await database.manager.update(Link, { id: linkId }, { requestId: 'a-request', traceparent })
    expect(await found()).toEqual({
      linkId,
      expiresAt: new Date(START + 1_000),
      fileId,
      generation: 3,
      state: 'ready',
      objectKey: `${fileId}/1`,
      name: 'a.bin',
      size: 6_000_000_000,
      sha256: 'ab'.repeat(32),
      md5: 'cd'.repeat(16),
      crc32c: '0badcafe',
      maxChunks: 16,
      doneAt: new Date(START - 5_000),
      madeBy: { request: 'a-request', traceparent },
      unfinished: null,
      isShared: false,
    })
  })

  it('tells where the bytes go that are being fetched, until they are all there', async () => {
    const tell = (row: Partial<SourceFile>) => database.manager.update(SourceFile, { id: fileId }, row)
    await tell({ state: 'downloading', uploadId: null, partSize: null })
    expect(await found()).toMatchObject({ state: 'not_ready', unfinished: null })
    await tell({ uploadId: 'upload', partSize: 8_388_608, bytesDone: 5_000_000_000 })
    const arriving = { uploadId: 'upload', partSize: 8_388_608, bytesDone: 5_000_000_000 }
    expect(await found()).toMatchObject({ state: 'not_ready', unfinished: arriving })
    await tell({ state: 'done' })
    expect(await found()).toMatchObject({ state: 'ready', unfinished: null })
  })

  it('has the hashes of its pieces, but not those of another generation', async () => {
    expect(await downloads.pieces(await found())).toBeUndefined()
    const digests = Buffer.alloc(64, 7)
    await database.manager.insert(FilePieces, { fileId, generation: 3, digests })
    expect(await downloads.pieces(await found())).toEqual(digests)
    await setFile({ generation: 4 })
    expect(await downloads.pieces(await found())).toBeUndefined()
  })

  it('keeps the hashes of its pieces for whoever asks next, unless its file has other bytes by now', async () => {
    const before = await found()
    const digests = Buffer.alloc(64, 8)
    await downloads.keepPieces(before, digests)
    expect(await downloads.pieces(before)).toEqual(digests)
    await setFile({ generation: 4, sha256: 'ef'.repeat(32) })
    await downloads.keepPieces(before, digests)
    expect(await downloads.pieces(await found())).toBeUndefined()
  })

  it('is undefined for a link that does not exist', async () => {
    expect(await downloads.find('nothing')).toBeUndefined()
  })

  const suspended = () => database.manager.update(Account, { id: accountId }, { state: 'suspended' })
  const accountExpiry = (at: number) =>
    database.manager.update(Account, { id: accountId }, { expiresAt: new Date(at) })
  const fileIs = (state: FileState) => setFile({ state })

  it.each<[string, Download['state'], () => Promise<unknown>]>([
    ['nothing is against it', 'ready', () => Promise.resolve()],
    ['the account is suspended', 'account_suspended', suspended],
    ['the account expired this very moment', 'account_expired', () => accountExpiry(START)],
    ['the account expires a moment later', 'ready', () => accountExpiry(START + 1)],
    ['the link has ended', 'ended', () => end('cancelled')],
    ['the link’s time is over this very moment', 'ended', () => Promise.resolve(clock.set(EXPIRY))],
    ['the link’s time is over a moment later', 'ready', () => Promise.resolve(clock.set(EXPIRY - 1))],
    ['the file is idle', 'not_ready', () => fileIs('idle')],
    ['the file is pending', 'not_ready', () => fileIs('pending')],
    ['the file is downloading', 'not_ready', () => fileIs('downloading')],
    ['the file is refused', 'not_ready', () => fileIs('error')],
    [
      'the file is downloading and the link’s time is over',
      'not_ready',
      () => Promise.all([fileIs('downloading'), clock.set(EXPIRY)]),
    ],
    [
      'the link has ended and the account is suspended',
      'account_suspended',
      () => Promise.all([end('failed'), suspended()]),
    ],
    [
      'the link has ended and the file is refused',
      'ended',
      () => Promise.all([end('failed'), fileIs('error')]),
    ],
  ])('if %s is %s', async (_, state, arrange) => {
    await arrange()
    expect((await found()).state).toBe(state)
  })

  it('is noted as read at most once a minute', async () => {
    const download = await found()
    const lastAccess = async () => (await fileNow()).lastAccessAt?.getTime()
    clock.set(START + 60_000)
    await downloads.touch(download)
    expect(await lastAccess()).toBe(START)
    clock.set(START + 60_001)
    await downloads.touch(download)
    expect(await lastAccess()).toBe(START + 60_001)
    clock.set(START + 120_001)
    await downloads.touch(download)
    expect(await lastAccess()).toBe(START + 60_001)
  })

  it('whose object is lost is fetched again from scratch, the link stays and nothing is charged', async () => {
    const download = await found()
    await Promise.all(Array.from({ length: 10 }, () => downloads.markMissing(download)))
    expect(await fileNow()).toMatchObject({
      state: 'pending',
      generation: 4,
      objectKey: null,
      bytesDone: 0,
      attempts: 0,
      wantedAt: new Date(START),
      nextAttemptAt: new Date(START),
    })
    expect(await found()).toMatchObject({ state: 'not_ready', linkId })
    expect(await TrafficLedger.entries(database, accountId)).toHaveLength(2)
  })

  it('that was lost long ago does not take a newer object away', async () => {
    const old = await found()
    await setFile({ generation: 4 })
    await downloads.markMissing(old)
    expect(await fileNow()).toMatchObject({ state: 'done', generation: 4 })
  })
})

it('downloads that a thousand clients ask for at once are looked up in a few round trips', async () => {
  const narrow = await db.another({ pool: 2 })
  let trips = 0
  poolOf(narrow).on('acquire', () => (trips += 1))
  const crowd = new PgDownloads(narrow, clock)
  const found = await Promise.all(
    Array.from({ length: 1_000 }, (_, at) => crowd.find(at % 2 === 0 ? linkId : `unknown${at}`)),
  )
  expect(found.map((each) => each?.linkId)).toEqual(found.map((_, at) => (at % 2 === 0 ? linkId : undefined)))
  expect(trips).toBeLessThan(20)
})

describe('a link', () => {
  it('is shown to its account and to nobody else', async () => {
    const shown = await links.view(accountId, linkId)
    expect(shown).toMatchObject({
      id: linkId,
      fileId,
      platform: 'Sample',
      hostDomain: 'smpl.test',
      state: 'done',
    })
    expect(shown?.size).toBe(6_000_000_000)
    expect(await links.view(await newAccount(), linkId)).toBeUndefined()
    expect(await links.view(accountId, 'nothing')).toBeUndefined()
  })

  it('is one per account and file while it lives, which the database itself sees to', async () => {
    await expect(newLink(accountId, fileId)).rejects.toThrow(/link_live/)
    await end('expired')
    await expect(newLink(accountId, fileId)).resolves.toBeDefined()
  })

  it('ends when its time is over, except while its file is being fetched', async () => {
    const fetched = await newLink(accountId, await newFile('downloading'))
    const over = async () => (await links.view(accountId, linkId))?.endReason
    clock.set(EXPIRY - 1)
    await links.expire()
    expect(await over()).toBeNull()
    clock.set(EXPIRY)
    expect(await links.expire()).toBeGreaterThanOrEqual(1)
    expect(await over()).toBe('expired')
    expect((await links.view(accountId, fetched))?.endedAt).toBeNull()
    expect(await links.expire()).toBe(0)
  })
})

describe('the failure of a file', () => {
  const refusal = { cause: 'file_gone', until: START + 600_000 }
  const fail = () => database.transaction((tx) => failLinks(tx, clock, fileId, refusal))
  const left = async (id: string) => (await database.manager.findOneByOrFail(Account, { id })).trafficLeft

  it('ends its live links with the cause, gives each account its own back, and leaves other links alone', async () => {
    const other = await newAccount()
    const othersLink = await newLink(other, fileId)
    const elsewhere = await newLink(accountId, await newFile('pending'))
    await fail()
    const failed = { endReason: 'failed', refusal: 'file_gone', retryAt: new Date(refusal.until) }
    expect(await links.view(accountId, linkId)).toMatchObject({ ...failed, endedAt: new Date(START) })
    expect(await links.view(other, othersLink)).toMatchObject(failed)
    expect(await links.view(accountId, elsewhere)).toMatchObject({ endedAt: null, refusal: null })
    expect(await left(accountId)).toBe(900)
    expect(await left(other)).toBe(1_000)
  })

  it('gives nothing back for a link that had ended before', async () => {
    await end('expired')
    await fail()
    expect(await links.view(accountId, linkId)).toMatchObject({ endReason: 'expired', refusal: null })
    expect(await left(accountId)).toBe(900)
  })

  it('happens once, though told twice', async () => {
    await fail()
    await fail()
    expect(await left(accountId)).toBe(1_000)
  })
})
