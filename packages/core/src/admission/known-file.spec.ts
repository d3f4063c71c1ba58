import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { type TestDatabase, createTestDatabase } from '@obb/testing/postgres'
import { Account } from '../accounts/index.js'
import { BlockList } from '../blocks/index.js'
import { openDatabase } from '../database/index.js'
import { SourceFile } from '../files/index.js'
import { Link, Links } from '../links/index.js'
import { KnownFiles } from './known-file.js'

const START = Date.parse('2026-03-01T12:00:00Z')
const EXPIRY = START + 1_000
const clock = { now: () => START }

let postgres: TestDatabase
let database: DataSource
let known: KnownFiles
let accountId: string
let fileId: string
let linkId: string

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = await openDatabase(postgres.url)
  known = new KnownFiles(database)
})
afterAll(async () => {
  await database.destroy()
  await postgres.drop()
})
beforeEach(async () => {
  accountId = await newAccount()
  fileId = randomUUID()
  linkId = randomUUID()
  await database.manager.insert(SourceFile, {
    ...{ id: fileId, platform: 'Sample', hostFileId: fileId, canonicalUrl: urlOf(fileId) },
    ...{ state: 'done', objectKey: 'object' },
    ...{ name: 'A film.mkv', size: 6_000_000_000, sha256: fileId.replaceAll('-', '').repeat(2) },
    ...{ sealed: Buffer.from([0, 255]), checkedAt: new Date(START), bytesDone: 6_000_000_000 },
    ...{ createdAt: new Date(START), updatedAt: new Date(START) },
  })
  await database.manager.insert(Link, {
    ...{ id: linkId, accountId, fileId, hostDomain: 'smpl.test', charged: 100 },
    ...{ createdAt: new Date(START), expiresAt: new Date(EXPIRY) },
  })
})

const urlOf = (id: string) => `https://sample.test/${id}`

async function newAccount(): Promise<string> {
  const id = randomUUID()
  await database.manager.insert(Account, { id, email: `${id}@a.test`, createdAt: new Date(START) })
  return id
}

function find({
  account = accountId,
  at = START,
  hostFileId = fileId,
  platform = 'Sample',
  digest = '',
} = {}) {
  const identity = { platform, hostFileId, passwordDigest: digest }
  return known.find({ accountId: account, identity, canonicalUrl: urlOf(hostFileId), now: at })
}
const live = async (of: Parameters<typeof find>[0] = {}) => (await find(of)).live?.id
const fileNow = () => database.manager.findOneByOrFail(SourceFile, { id: fileId })

describe('what is known of a file', () => {
  it('is the row as it is, and the account’s live link as the account sees it', async () => {
    const { file, live: link, blocks } = await find()
    expect({ ...file }).toEqual({ ...(await fileNow()) })
    expect(link).toEqual(await new Links(database, clock).view(accountId, linkId))
    expect(blocks).toEqual([])
  })

  it('is nothing of one that nobody asked for, nor of one with another password', async () => {
    for (const other of [{ hostFileId: randomUUID() }, { platform: 'Other' }, { digest: 'other' }]) {
      expect(await find(other)).toEqual({
        file: undefined,
        live: undefined,
        blocks: [],
        made: false,
        tooDear: false,
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
    expect(await live({ account: await newAccount() })).toBeUndefined()
  })

  it('comes with every block that may hit it and no other', async () => {
    const list = new BlockList(database, clock)
    const values = {
      url: urlOf(fileId),
      file: `Sample:${fileId}`,
      name: 'a film*',
      sha256: (await fileNow()).sha256 ?? '',
    }
    // Written without enforcing them, which would end the link and forget the file.
    const add = (kind: string, value: string) =>
      database.query(
        `INSERT INTO block (id, kind, value, reason, created_at) VALUES ($1, $2, $3, 'test', now())`,
        [randomUUID(), kind, value],
      )
    for (const [kind, value] of Object.entries(values)) await add(kind, value)
    for (const kind of ['url', 'file', 'sha256']) await add(kind, 'something else')
    await add('name', '*.iso')
    const { blocks } = await find()
    expect(blocks.map(({ kind }) => kind).sort()).toEqual(['file', 'name', 'name', 'sha256', 'url'])
    expect(
      list.hit(
        blocks.filter(({ kind }) => kind === 'name'),
        'A film.mkv',
      )?.value,
    ).toBe('a film*')
    // Before anybody asked for it, only its URL and id are known.
    const unknown = await find({ digest: 'other' })
    expect(unknown.blocks.map(({ kind }) => kind).sort()).toEqual(['file', 'url'])
  })
})
