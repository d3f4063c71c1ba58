import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { SourceFile } from '../files/index.js'
import { Link, Links } from '../links/index.js'
import { TestDatabase } from '../testing/index.js'
import { StoredFileFastPath } from './stored-file-fast-path.js'

const EXPIRY = START + 1_000
const FACTS = { name: 'A film.mkv', size: 6_000_000_000, sealed: Buffer.from([0, 255]) }
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let known: StoredFileFastPath
let accountId: string
let file: SourceFile
let fileId: string
let linkId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  known = new StoredFileFastPath(database)
})
afterAll(() => db.close())
beforeEach(async () => {
  await database.query('DELETE FROM block')
  ;({ accountId } = await db.anAccount())
  file = await db.aFile({ ...FACTS, state: 'done' })
  fileId = file.id
  const link = { account: { accountId }, file, hostDomain: 'smpl.test', charged: 100 }
  linkId = (await db.aLink({ ...link, expiresAt: new Date(EXPIRY) })).id
})

const urlOf = (id: string) => `https://sample.test/${id}`

function find({
  account = accountId,
  at = START,
  hostFileId = fileId,
  platform = 'Sample',
  digest = '',
  ownName = undefined as string | undefined,
} = {}) {
  const identity = { platform, hostFileId, passwordDigest: digest }
  return known.find({ accountId: account, identity, canonicalUrl: urlOf(hostFileId), ownName, now: at })
}
const block = (kind: string, value: string) =>
  database.query(
    `INSERT INTO block (id, kind, value, reason, created_at) VALUES ($1, $2, $3, 'test', now())`,
    [randomUUID(), kind, value],
  )
const live = async (of: Parameters<typeof find>[0] = {}) => (await find(of)).live?.id
const fileNow = () => database.manager.findOneByOrFail(SourceFile, { id: fileId })

describe('what is known of a file', () => {
  it('is the row as it is, and the account’s live link as the account sees it', async () => {
    const { file, live: link, block, nameRevision } = await find()
    expect({ ...file }).toEqual({ ...(await fileNow()) })
    expect(link).toEqual(await new Links(database, clock).view(accountId, linkId))
    expect([block, nameRevision]).toEqual([undefined, undefined])
  })

  it('is nothing of one that nobody asked for, nor of one with another password', async () => {
    for (const other of [{ hostFileId: randomUUID() }, { platform: 'Other' }, { digest: 'other' }]) {
      expect(await find(other)).toEqual({
        file: undefined,
        live: undefined,
        block: undefined,
        nameRevision: undefined,
        made: false,
        tooDear: false,
        overCap: null,
      })
    }
  })

  it('has a link that is live until its time is over, and as long as the file is being fetched', async () => {
    expect(await live()).toBe(linkId)
    expect(await live({ at: EXPIRY - 1 })).toBe(linkId)
    expect(await live({ at: EXPIRY })).toBeUndefined()
    await database.manager.update(SourceFile, { id: fileId }, { state: 'downloading' })
    expect(await live({ at: EXPIRY })).toBe(linkId)
    await database.manager.update(Link, { id: linkId }, { endedAt: new Date(START), endReason: 'failed' })
    expect(await live({ at: EXPIRY })).toBeUndefined()
  })

  it('has no link of another account', async () => {
    expect(await live({ account: (await db.anAccount()).accountId })).toBeUndefined()
  })

  it.each<[string, string, () => Promise<string>]>([
    ['its link', 'url', async () => urlOf(fileId)],
    ['its id', 'file', async () => `Sample:${fileId}`],
    ['its bytes', 'sha256', async () => (await fileNow()).sha256 ?? ''],
  ])('comes with the block that it falls under by %s, and with no other', async (_by, kind, valueOf) => {
    // Written without enforcing it, which would end the link and forget the file.
    await block(kind, 'something else')
    expect((await find()).block).toBeUndefined()
    await block(kind, await valueOf())
    expect((await find()).block).toMatchObject({ kind, value: await valueOf() })
    // Before anybody asked for it, only its URL and id are known.
    expect((await find({ digest: 'other' })).block?.kind).toBe(kind === 'sha256' ? undefined : kind)
  })

  it('says by which revision of the patterns its name is to be compared, unless that was done', async () => {
    const compared = async () => (await find()).nameRevision
    expect(await compared()).toBeUndefined()
    await block('name', '*.iso')
    const first = await compared()
    expect(first).toEqual(expect.any(Number))
    await block('name', '*.img')
    expect(await compared()).toBeGreaterThan(first ?? 0)
    await database.query('UPDATE block SET enforced_at = now()')
    expect(await compared()).toBeUndefined()
    // No look at the files covers what the document of a user calls one.
    expect((await find({ ownName: 'a.iso' })).nameRevision).toEqual(expect.any(Number))
    // What is not stored was not compared when the patterns came.
    await database.manager.update(SourceFile, { id: fileId }, { state: 'idle' })
    expect(await compared()).toEqual(expect.any(Number))
  })
})
