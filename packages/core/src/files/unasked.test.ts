import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { FilePieces, Files, SourceFile, StoredFiles, transitions } from './index.js'

const DAY = 86_400_000
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let files: Files

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  files = new Files(database, clock, new Vault(randomBytes(32)))
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  return database.query('TRUNCATE link, source_file CASCADE')
})

const left = async () => (await database.manager.find(SourceFile)).map(({ id }) => id).sort()
const askedAt = (ms: number, more: Partial<SourceFile> = {}) => db.aFile({ updatedAt: new Date(ms), ...more })

describe('what is known of a file', () => {
  it('is forgotten once nobody asked for long, a batch at a time, with its pieces', async () => {
    const old = await Promise.all(Array.from({ length: 5 }, (_, n) => askedAt(START - 30 * DAY - n)))
    const refused = await askedAt(START - 31 * DAY, { state: 'error', refusal: 'file_gone' })
    const young = await askedAt(START - 30 * DAY + 1)
    await database.manager.insert(FilePieces, {
      fileId: refused.id,
      generation: 1,
      digests: Buffer.alloc(32),
    })
    expect(await files.forgetUnasked(30 * DAY, 4)).toBe(4)
    expect(await files.forgetUnasked(30 * DAY, 4)).toBe(2)
    expect(await files.forgetUnasked(30 * DAY, 4)).toBe(0)
    expect(await left()).toEqual([young.id])
    expect(await database.manager.count(FilePieces)).toBe(0)
    expect(old).toHaveLength(5)
  })

  it('stays while it is pinned, blocked, stored, on its way, or any link leads to it', async () => {
    const ever = START - 1_000 * DAY
    const kept = [
      await askedAt(ever, { pinned: true }),
      await askedAt(ever, { state: 'error', refusal: 'file_blocked' }),
      await askedAt(ever, { state: 'done' }),
      await askedAt(ever, { state: 'pending' }),
      await askedAt(ever, { state: 'downloading' }),
      await askedAt(ever, { wantedAt: new Date(ever) }),
    ]
    const ended = await askedAt(ever)
    await db.aLink({ file: ended, endedAt: new Date(ever), endReason: 'expired' })
    expect(await files.forgetUnasked(30 * DAY, 100)).toBe(0)
    expect(await left()).toEqual([...kept, ended].map(({ id }) => id).sort())
  })

  it('is asked for anew by whoever comes next', async () => {
    const ref = { fileId: 'x', canonicalUrl: 'https://sample.test/x', kind: 'file' as const }
    const identity = { platform: 'Sample', hostFileId: 'x', passwordDigest: '' }
    const before = await files.ensure(identity, ref, undefined)
    clock.advance(31 * DAY)
    expect(await files.forgetUnasked(30 * DAY, 10)).toBe(1)
    const again = await files.ensure(identity, ref, undefined)
    expect(again.id).not.toBe(before.id)
    expect(files.needsInspection(again)).toBe(true)
  })

  it('of a stored file goes the same way after its bytes, unless a link that ended still names it', async () => {
    const stored = () => askedAt(START, { state: 'done', wantedAt: new Date(START - DAY) })
    const [unlinked, linked] = [await stored(), await stored()]
    await db.aLink({ file: linked, endedAt: new Date(START), endReason: 'expired' })
    clock.advance(31 * DAY)
    expect(await new StoredFiles(database, clock).forgetUnused(DAY, 10)).toHaveLength(2)
    expect(await files.forgetUnasked(30 * DAY, 10)).toBe(0) // they have just been forgotten
    clock.advance(31 * DAY)
    expect(await files.forgetUnasked(30 * DAY, 10)).toBe(1)
    expect(await left()).toEqual([linked.id])
    await database.query('DELETE FROM link')
    await transitions.unlink(database, [linked.id, unlinked.id])
    expect(await files.forgetUnasked(30 * DAY, 10)).toBe(1)
  })
})
