import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { REFUSALS, type RefusalCause } from '@obb/contracts'
import type { FileRef } from '@obb/host-adapters'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { type FileState, Files, SourceFile, fileIdentity, isRemembered } from './index.js'

const MINUTE = 60_000

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
})

function newRef(more: Partial<FileRef> = {}): FileRef {
  const fileId = randomUUID()
  return {
    fileId,
    canonicalUrl: `https://sample.test/${fileId}`,
    kind: 'file',
    ...more,
  }
}

const ensure = (ref: FileRef, password?: string) =>
  files.ensure(fileIdentity('Sample', ref, password), ref, password)

async function inState(state: FileState): Promise<SourceFile> {
  const { id } = await ensure(newRef())
  await database.manager.update(SourceFile, { id }, { state })
  return read(id)
}

async function read(id: string): Promise<SourceFile> {
  const file = await files.byId(id)
  if (!file) throw new Error('no such file')
  return file
}

const facts = { fileId: 'x', state: 'available' as const, name: 'a.bin', size: 5_000_000_000 }

describe('the row of a file', () => {
  it('is one, though many ask for the file at once', async () => {
    const ref = newRef()
    const rows = await Promise.all(Array.from({ length: 30 }, () => ensure(ref)))
    expect(new Set(rows.map((row) => row.id)).size).toBe(1)
    expect(rows[0]).toMatchObject({
      state: 'idle',
      generation: 1,
      canonicalUrl: ref.canonicalUrl,
      sealed: null,
    })
  })

  it('is its own for every platform', async () => {
    const ref = newRef()
    const other = await files.ensure(fileIdentity('Other', ref, undefined), ref, undefined)
    expect(other.id).not.toBe((await ensure(ref)).id)
  })

  it('is its own for every password and every secret part of a link', async () => {
    const ref = newRef()
    const secret = { ...ref, secret: 'fragment' }
    const rows = await Promise.all([
      ensure(ref),
      ensure(ref, 'one'),
      ensure(ref, 'two'),
      ensure(secret),
      ensure(secret, 'one'),
      ensure({ ...ref, secret: 'one' }), // the same text in the other place
    ])
    expect(new Set(rows.map((row) => row.id)).size).toBe(6)
    expect((await ensure(secret, 'one')).id).toBe(rows[4]?.id)
    expect((await ensure(ref, '')).id).toBe(rows[0]?.id)
  })

  it('keeps a password and a secret part sealed, and gives them back', async () => {
    const file = await ensure(newRef({ secret: 'hidden-fragment' }), 'hidden-password')
    expect(files.secrets(file)).toEqual({ password: 'hidden-password', secret: 'hidden-fragment' })
    const [row] = await database.query<[{ text: string }]>(
      `SELECT concat(f::text, encode(sealed, 'escape')) AS text FROM source_file f WHERE id = $1`,
      [file.id],
    )
    expect(row.text).toContain(file.hostFileId)
    expect(row.text).not.toContain('hidden')
    expect(row.text).not.toContain(Buffer.from('hidden').toString('hex'))
    expect(files.secrets(await ensure(newRef()))).toEqual({})
  })

  it('takes a later spelling of the link in place of one that its host refused, and asks again', async () => {
    const ref = newRef()
    const later = { ...ref, canonicalUrl: `${ref.canonicalUrl}?on=another-domain` }
    const { id } = await ensure(ref)
    expect((await ensure(later)).canonicalUrl).toBe(ref.canonicalUrl) // nothing is wrong with the first
    await files.refuse(id, { cause: 'file_gone', until: START + MINUTE })
    expect(files.rememberedRefusal(await ensure(ref))).toBeDefined()
    const again = await ensure(later)
    expect([again.id, again.canonicalUrl, files.needsInspection(again)]).toEqual([
      id,
      later.canonicalUrl,
      true,
    ])
    expect(files.rememberedRefusal(again)).toBeUndefined()
  })

  it('keeps its link while it is fetched, whatever was wrong before', async () => {
    const { id, canonicalUrl } = await inState('pending')
    await database.manager.update(SourceFile, { id }, { refusal: 'file_gone' })
    const file = await files.withNewUrl(await read(id), newRef({ canonicalUrl: 'https://sample.test/later' }))
    expect(file).toMatchObject({ canonicalUrl, refusal: 'file_gone' })
  })

  it('is undefined for an id that nobody has', async () => {
    expect(await files.byId(randomUUID())).toBeUndefined()
  })
})

describe('what a host told', () => {
  it('is exact, and taken as true for ten minutes', async () => {
    const { id } = await ensure(newRef())
    expect(files.needsInspection(await read(id))).toBe(true)
    const hash = { algorithm: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e' } as const
    await files.record(id, { ...facts, hash, validator: '"etag"' })
    const file = await read(id)
    expect(file).toMatchObject({
      name: 'a.bin',
      size: 5_000_000_000,
      hostHashAlgorithm: 'md5',
      hostHash: hash.value,
      validator: '"etag"',
      checkedAt: new Date(START),
    })
    clock.set(START + 10 * MINUTE - 1)
    expect(files.needsInspection(file)).toBe(false)
    clock.set(START + 10 * MINUTE)
    expect(files.needsInspection(file)).toBe(true)
  })

  it.each<FileState>(['pending', 'downloading', 'done'])(
    'is not asked for again while a file is %s',
    async (state) => {
      const file = await inState(state)
      expect(file.checkedAt).toBeNull()
      expect(files.needsInspection(file)).toBe(false)
    },
  )

  it.each<FileState>(['pending', 'downloading', 'done'])(
    'does not touch a file that is %s',
    async (state) => {
      const before = await inState(state)
      await files.record(before.id, facts)
      await files.refuse(before.id, { cause: 'file_gone', until: START + MINUTE })
      expect(await read(before.id)).toEqual(before)
    },
  )

  it('keeps a name that came with the bytes against a guess, and gives it up for one that is told', async () => {
    const { id } = await ensure(newRef())
    await files.record(id, { ...facts, name: 'guess', nameFrom: 'link' })
    expect(await read(id)).toMatchObject({ name: 'guess', nameFrom: 'link' })
    await files.record(id, { ...facts, name: 'better guess', nameFrom: 'link' })
    expect(await read(id)).toMatchObject({ name: 'better guess', nameFrom: 'link' })
    await database.manager.update(SourceFile, { id }, { name: 'With the bytes.bin', nameFrom: 'fetch' })
    await files.record(id, { ...facts, name: 'guess', nameFrom: 'link' })
    expect(await read(id)).toMatchObject({ name: 'With the bytes.bin', nameFrom: 'fetch' })
    await files.record(id, facts)
    expect(await read(id)).toMatchObject({ name: 'a.bin', nameFrom: 'check' })
  })

  it('takes a refusal away, and a refusal has the host asked again', async () => {
    const { id } = await ensure(newRef())
    await files.record(id, facts)
    await files.refuse(id, { cause: 'file_gone', until: START + MINUTE })
    expect(files.needsInspection(await read(id))).toBe(true)
    await files.record(id, facts)
    expect(await read(id)).toMatchObject({ refusal: null, refusedUntil: null })
    expect(files.needsInspection(await read(id))).toBe(false)
  })
})

describe('a remembered refusal', () => {
  const causes = Object.keys(REFUSALS) as RefusalCause[]
  const passing: RefusalCause[] = [
    'host_usage_exceeded',
    'host_unavailable',
    'no_fetcher',
    'service_unavailable',
    'store_unavailable',
    'store_full',
    'not_ready',
    'not_ready_whole',
    'maintenance',
    'upstream_error',
    'server_unreachable',
    'pool_exhausted',
  ]

  it.each(causes)('answers %s until its time, with a time to wait only if time heals it', async (cause) => {
    const { id } = await ensure(newRef())
    await files.refuse(id, { cause, until: START + 90_500 })
    const file = await read(id)
    const options = passing.includes(cause) ? { retryInSeconds: 91 } : {}
    expect(() => files.assertNotRefused(file)).toThrow(expect.objectContaining({ refusal: cause, options }))
    clock.set(START + 90_500)
    expect(() => files.assertNotRefused(file)).not.toThrow()
  })

  it.each<[FileState, boolean]>([
    ['idle', true],
    ['error', true],
    ['pending', false],
    ['downloading', false],
    ['done', false],
  ])('of a file that is %s counts: %s', async (state, counts) => {
    const { id } = await ensure(newRef())
    await files.refuse(id, { cause: 'file_gone', until: START + MINUTE })
    await database.manager.update(SourceFile, { id }, { state })
    expect(isRemembered(await read(id), START)).toBe(counts)
  })

  it('that this version does not know is none', async () => {
    const { id } = await ensure(newRef())
    await database.query('UPDATE source_file SET refusal = $2, refused_until = $3 WHERE id = $1', [
      id,
      'of_a_later_version',
      new Date(START + MINUTE),
    ])
    expect(isRemembered(await read(id), START)).toBe(false)
  })
})

describe('the list of files', () => {
  it('has the latest change first, counts live links, and ends at its limit', async () => {
    clock.set(START + 1_000 * MINUTE)
    const older = await ensure(newRef())
    clock.advance(1)
    const newer = await ensure(newRef())
    const account = await db.anAccount()
    await db.aLink({ account, file: older })
    await db.aLink({ account, file: older, endedAt: new Date(clock.now()), endReason: 'expired' })
    const list = await files.list({ limit: 2 })
    expect(list.map(({ id, links }) => [id, links])).toEqual([
      [newer.id, 0],
      [older.id, 1],
    ])
  })
})
