import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { START, TestClock } from '@obb/testing/clock'
import { randomBytes, randomUUID } from 'node:crypto'
import { type DataSource, IsNull } from 'typeorm'
import { Account } from '../accounts/index.js'
import { DiscardedObject, Discards, STOP_WRITING_MS } from '../discards/index.js'
import { Fetches } from '../fetches/index.js'
import { type Claim, SourceFile, StoredFiles } from '../files/index.js'
import { Link } from '../links/index.js'
import { TestDatabase } from '../testing/index.js'
import { Block, BlockList, type NewBlock } from './index.js'

const GRANT = 1_000_000
const SIZE = 1_000

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let blocks: BlockList
let platform: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  blocks = new BlockList(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  platform = `P${randomBytes(4).toString('hex')}`
  await database.query('DELETE FROM block; DELETE FROM discarded_object')
})

const addFile = (more: Partial<SourceFile> = {}) =>
  db.aFile({ platform, name: 'Some File.bin', size: SIZE, ...more })
const fileOf = (id: string) => database.manager.findOneByOrFail(SourceFile, { id })

/** A user with a charged live link. */
async function addLink(
  file: SourceFile,
  name: string | null = null,
): Promise<{ accountId: string; linkId: string }> {
  const account = await db.anAccount({ traffic: GRANT })
  const { id: linkId } = await db.aLink({ account, file, name })
  return { accountId: account.accountId, linkId }
}
const linkOf = (id: string) => database.manager.findOneByOrFail(Link, { id })
const leftOf = async (id: string) => (await database.manager.findOneByOrFail(Account, { id })).trafficLeft
const discarded = () => database.manager.find(DiscardedObject)

const block = (kind: NewBlock['kind'], value: string) => blocks.add({ kind, value, reason: 'a reason' })

describe('a block', () => {
  const KINDS: [NewBlock['kind'], (file: SourceFile) => string][] = [
    ['url', (file) => file.canonicalUrl],
    ['file', (file) => `${file.platform}:${file.hostFileId}`],
    ['name', () => 'some*.b?n'],
    ['sha256', (file) => file.sha256 ?? ''],
  ]

  it.each(KINDS)('by %s refuses its file and no other', async (kind, valueOf) => {
    const file = await addFile({ state: 'done' })
    const other = await addFile({ state: 'done', name: 'Another.txt' })
    await expect(blocks.assertAllowed(file)).resolves.toBeUndefined()
    const { id, enforced } = await block(kind, valueOf(file))
    expect(enforced).toEqual({ files: 1, links: 0 })
    await expect(blocks.assertAllowed(file)).rejects.toMatchObject({ refusal: 'file_blocked' })
    expect(await blocks.find(file)).toMatchObject({
      id,
      kind,
      reason: 'a reason',
    })
    await expect(blocks.assertAllowed(other)).resolves.toBeUndefined()
    expect((await fileOf(other.id)).state).toBe('done')
  })

  it.each(KINDS)(
    'by %s gives the stored bytes up and ends the links, which keep their charge',
    async (kind, valueOf) => {
      const file = await addFile({ state: 'done' })
      const links = [await addLink(file), await addLink(file)]
      expect((await block(kind, valueOf(file))).enforced).toEqual({ files: 1, links: 2 })
      expect(await fileOf(file.id)).toMatchObject({
        state: 'error',
        refusal: 'file_blocked',
        objectKey: null,
      })
      for (const { accountId, linkId } of links) {
        const ended = { endedAt: new Date(START), endReason: 'blocked', refusal: 'file_blocked' }
        expect(await linkOf(linkId)).toMatchObject(ended)
        expect(await leftOf(accountId)).toBe(GRANT - SIZE)
      }
      expect(await discarded()).toMatchObject([{ objectKey: file.objectKey, dueAt: new Date(START) }])
    },
  )

  it.each(['pending', 'downloading'] as const)('ends a file that is %s, with a refund', async (state) => {
    const leaseUntil = state === 'downloading' ? new Date(START + 15_000) : null
    const file = await addFile({ state, leaseUntil, objectKey: 'k', uploadId: 'u', claim: 3 })
    const { accountId, linkId } = await addLink(file)
    expect((await block('url', file.canonicalUrl)).enforced).toEqual({ files: 1, links: 1 })
    expect(await linkOf(linkId)).toMatchObject({ endReason: 'blocked', refusal: 'file_blocked' })
    expect(await leftOf(accountId)).toBe(GRANT)
    // The worker may be writing until it notices.
    const dueAt = new Date(leaseUntil ? leaseUntil.getTime() + STOP_WRITING_MS : START)
    expect(await discarded()).toMatchObject([{ objectKey: 'k', uploadId: 'u', dueAt }])
    const fetches = new Fetches(database, clock)
    const claim = { fileId: file.id, claim: 3, worker: 'w' }
    expect(await fetches.finish(claim, { size: SIZE, sha256: 'a', md5: 'b' })).toBe(false)
  })

  it('by name ends the links whose own documents call the file so, and leaves the file to the others', async () => {
    for (const state of ['done', 'pending'] as const) {
      const file = await addFile({ state, name: 'posted.bin' })
      const own = await addLink(file, 'Free-Passwords.exe')
      const other = await addLink(file, 'holiday.mkv')
      const { id, enforced } = await block('name', '*.exe')
      expect(enforced).toEqual({ files: 0, links: 1 })
      expect(await linkOf(own.linkId)).toMatchObject({ endReason: 'blocked', refusal: 'file_blocked' })
      expect(await leftOf(own.accountId)).toBe(state === 'done' ? GRANT - SIZE : GRANT)
      expect(await linkOf(other.linkId)).toMatchObject({ endedAt: null })
      expect((await fileOf(file.id)).state).toBe(state)
      await expect(blocks.assertAllowed({ ...file, ownName: 'a.exe' })).rejects.toMatchObject({
        refusal: 'file_blocked',
      })
      await expect(blocks.assertAllowed({ ...file, ownName: 'a.mkv' })).resolves.toBeUndefined()
      await blocks.remove(id)
    }
  })

  it('by the own name of the only link to a file ends its fetch', async () => {
    const file = await addFile({ state: 'pending', name: 'posted.bin' })
    await addLink(file, 'a.exe')
    await block('name', '*.exe')
    expect((await fileOf(file.id)).state).toBe('idle')
  })

  it('reaches every file of its platform’s id, whatever the password', async () => {
    const hostFileId = randomUUID()
    const files = [
      await addFile({ state: 'done', hostFileId }),
      await addFile({ state: 'done', hostFileId, passwordDigest: 'd' }),
    ]
    expect((await block('file', `${platform}:${hostFileId}`)).enforced.files).toBe(2)
    for (const { id } of files) expect((await fileOf(id)).state).toBe('error')
  })

  it('keeps the digest, so that the same file is known without its bytes', async () => {
    const file = await addFile({ state: 'done' })
    await block('sha256', file.sha256 ?? '')
    await expect(blocks.assertAllowed(await fileOf(file.id))).rejects.toMatchObject({
      refusal: 'file_blocked',
    })
  })

  it('exists once', async () => {
    await block('name', 'x')
    await expect(block('name', 'x')).rejects.toMatchObject({ refusal: 'conflict' })
    expect(await blocks.list()).toHaveLength(1)
  })

  it('that was cut off before its files were gone is finished by whoever comes next', async () => {
    const file = await addFile({ state: 'done' })
    const { linkId } = await addLink(file)
    const cutOff = {
      id: randomUUID(),
      kind: 'name' as const,
      value: 'SOME *',
      reason: 'r',
      createdAt: new Date(clock.now()),
    }
    await database.manager.insert(Block, cutOff)
    await blocks.enforcePending()
    expect((await fileOf(file.id)).state).toBe('error')
    expect((await linkOf(linkId)).endReason).toBe('blocked')
    const late = await addFile({ state: 'done' })
    await blocks.enforcePending()
    expect((await fileOf(late.id)).state).toBe('done') // done with: no look at all files every few seconds
  })

  it('by name goes through the files page by page, from where it was when its process was killed', async () => {
    await database.query('TRUNCATE link, source_file CASCADE')
    await database.query(
      `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, name, size, created_at, updated_at)
       SELECT (lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000')::uuid, $1, n, '', 'done', 'k',
              CASE WHEN n % 500 = 0 THEN 'taboo ' || n ELSE 'fine ' || n END, 1, now(), now()
         FROM generate_series(1, 2500) n`,
      [platform],
    )
    const cutOff = async (value: string) => {
      const row = { id: randomUUID(), kind: 'name' as const, value, reason: 'r', createdAt: new Date(START) }
      await database.manager.insert(Block, row)
      return row.id
    }
    const left = () => database.manager.countBy(SourceFile, { state: 'done' })
    const first = await cutOff('taboo *')
    expect(await blocks.enforcePending()).toBe(true)
    expect(await left()).toBe(2_498)
    // Another process goes on, and a later pattern catches up.
    const others = new BlockList(database, clock)
    const second = await cutOff('fine 1')
    expect(await others.enforcePending()).toBe(true)
    const places = () => database.manager.find(Block, { order: { createdAt: 'ASC', value: 'DESC' } })
    expect((await places()).map(({ enforcedTo }) => enforcedTo?.slice(0, 8))).toEqual([
      '000003e8',
      '000003e8',
    ])
    while (await others.enforcePending()) expect(await left()).toBeGreaterThan(0)
    expect(await left()).toBe(2_494)
    const done = new Date(START)
    expect(await places()).toMatchObject([
      { id: first, enforcedAt: done },
      { id: second, enforcedAt: done },
    ])
  })

  it('by name goes through the own names of links after the files, from where it was when its process was killed', async () => {
    await database.query('TRUNCATE link, source_file CASCADE')
    const { accountId } = await db.anAccount()
    await database.query(
      `WITH file AS (
         INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, name, size, created_at, updated_at)
         SELECT gen_random_uuid(), $1, n, '', 'done', 'k', 'posted', 1, now(), now() FROM generate_series(1, 2500) n
         RETURNING id, host_file_id::int AS n)
       INSERT INTO link (id, account_id, file_id, host_domain, name, charged, created_at, expires_at)
       SELECT lpad(n::text, 24, '0'), $2, id, 'sample.test',
              CASE WHEN n % 500 = 0 THEN 'taboo ' || n ELSE 'fine ' || n END, 1, now(), now() FROM file`,
      [platform, accountId],
    )
    const cutOff = (value: string) =>
      database.query(
        `INSERT INTO block (id, kind, value, reason, created_at) VALUES (gen_random_uuid(), 'name', $1, 'r', now())`,
        [value],
      )
    const left = () => database.manager.countBy(Link, { endedAt: IsNull() })
    const places = async () =>
      (await blocks.list()).map(({ enforcedLinksTo, enforcedAt }) => enforcedAt ?? Number(enforcedLinksTo))
    await cutOff('taboo *')
    for (let page = 0; page < 3; page++) await blocks.enforcePending()
    expect([await left(), await places()]).toEqual([2_500, [0]])
    await blocks.enforcePending()
    expect([await left(), await places()]).toEqual([2_498, [1_000]])
    // Another process goes on, and a later pattern catches up.
    await cutOff('fine 1')
    const others = new BlockList(database, clock)
    while (await others.enforcePending());
    expect([await left(), await places()]).toEqual([2_494, [new Date(START), new Date(START)]])
    expect(await database.manager.countBy(SourceFile, { state: 'done' })).toBe(2_500)
  })

  it('by URL or bytes is found by an index, and revokes more files than one batch', async () => {
    const sha256 = 'ab'.repeat(32)
    await database.query(
      `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, sha256, size, created_at, updated_at)
       SELECT gen_random_uuid(), $1, n, 'https://sample.test/' || n, 'done', 'k', CASE WHEN n <= 250 THEN $2 ELSE md5(n::text) END,
              1, now(), now() FROM generate_series(1, 20000) n`,
      [platform, sha256],
    )
    await database.query('ANALYZE source_file')
    expect((await block('sha256', sha256)).enforced).toEqual({ files: 250, links: 0 })
    expect((await block('url', 'https://sample.test/777')).enforced).toEqual({ files: 1, links: 0 })
    for (const [column, value] of [
      ['sha256', sha256],
      ['canonical_url', 'https://sample.test/777'],
    ]) {
      const plan = await database.query<{ 'QUERY PLAN': string }[]>(
        `EXPLAIN SELECT id FROM source_file WHERE ${column} = $1`,
        [value],
      )
      const text = plan.map((row) => row['QUERY PLAN']).join('\n')
      expect(text).toMatch(/source_file_(sha256|url)/)
      expect(text).not.toMatch(/Seq Scan/)
    }
  })

  it('that is taken back lets its file be asked for again, and revoked links stay revoked', async () => {
    const file = await addFile({
      state: 'error',
      refusal: 'file_blocked',
      refusedUntil: new Date(START + 86_400_000),
    })
    const { id } = await block('url', file.canonicalUrl)
    expect(await blocks.remove(id)).toBe(true)
    expect(await blocks.remove(id)).toBe(false)
    await expect(blocks.assertAllowed(file)).resolves.toBeUndefined()
    expect((await fileOf(file.id)).refusedUntil).toEqual(new Date(START))
  })
})

describe('patterns of names', () => {
  it('hold from the commit of the block on, in every process that has compiled the list before', async () => {
    const others = [await db.another(), await db.another()].map((source) => new BlockList(source, clock))
    const file = await addFile({ name: 'Forbidden.bin' })
    for (const other of others) await expect(other.assertAllowed(file)).resolves.toBeUndefined()
    const ids: string[] = []
    for (let n = 0; n < 20; n++) ids.push((await block('name', `other ${n}*`)).id)
    for (const other of others) await expect(other.assertAllowed(file)).resolves.toBeUndefined()
    const { id } = await block('name', 'FORBIDDEN.*')
    for (const other of others) expect(await other.find(file)).toMatchObject({ id })
    await blocks.remove(ids[0] ?? '')
    for (const other of others) expect(await other.find(file)).toMatchObject({ id })
    await blocks.remove(id)
    for (const other of others) await expect(other.assertAllowed(file)).resolves.toBeUndefined()
  })

  it('hold whoever writes them, and until they are gone from the table', async () => {
    const file = await addFile({ name: 'by hand.bin' })
    await blocks.assertAllowed(file)
    const row = `(gen_random_uuid(), 'name', 'BY HAND*', 'r', now() - interval '1 year')`
    await database.query(`INSERT INTO block (id, kind, value, reason, created_at) VALUES ${row}`)
    await expect(blocks.assertAllowed(file)).rejects.toMatchObject({ refusal: 'file_blocked' })
    await database.query('TRUNCATE block')
    await expect(blocks.assertAllowed(file)).resolves.toBeUndefined()
  })

  it('are read once for all questions, and then not again until the list changes', async () => {
    const file = await addFile({ name: 'else.bin' })
    await blocks.assertAllowed(file)
    await block('name', 'something')
    const read = jest.spyOn(database, 'query')
    const ofPatterns = () => read.mock.calls.filter(([text]) => text.includes('json_agg')).length
    await Promise.all(Array.from({ length: 20 }, () => blocks.assertAllowed(file)))
    expect(ofPatterns()).toBe(1)
    await blocks.assertAllowed(file)
    expect(ofPatterns()).toBe(1)
    await block('name', 'something else')
    await blocks.assertAllowed(file)
    expect(ofPatterns()).toBe(2)
    read.mockRestore()
  })
})

describe('bytes on the list', () => {
  async function fetching(): Promise<{
    file: SourceFile
    claim: { fileId: string; claim: number; worker: string }
  }> {
    const file = await addFile({
      state: 'downloading',
      claim: 1,
      worker: 'w',
      objectKey: 'o',
      uploadId: 'u',
      leaseUntil: new Date(START + 15_000),
    })
    return { file, claim: { fileId: file.id, claim: 1, worker: 'w' } }
  }

  it('are refused at the end of their fetch, refunded, discarded and remembered', async () => {
    const fetches = new Fetches(database, clock)
    const sha256 = randomBytes(32).toString('hex')
    await block('sha256', sha256)
    const { file, claim } = await fetching()
    const { accountId, linkId } = await addLink(file)
    const result = { size: SIZE, sha256, md5: 'm' }
    await expect(fetches.finish(claim, result)).rejects.toMatchObject({ kind: 'FILE_BLOCKED', scope: 'file' })
    expect(await fetches.fail(claim, { cause: 'file_blocked', until: START + 1 })).toBe(true)
    expect(await fileOf(file.id)).toMatchObject({
      state: 'error',
      refusal: 'file_blocked',
      sha256,
      objectKey: null,
    })
    expect(await linkOf(linkId)).toMatchObject({ endReason: 'failed', refusal: 'file_blocked' })
    expect(await leftOf(accountId)).toBe(GRANT)
    expect(await discarded()).toMatchObject([{ objectKey: 'o', uploadId: 'u' }])
    await expect(blocks.assertAllowed(await fileOf(file.id))).rejects.toMatchObject({
      refusal: 'file_blocked',
    })
  })

  it('are refused at the end of their fetch too where link, id or name were blocked while it was not looking', async () => {
    const fetches = new Fetches(database, clock)
    const cases = [
      (file: SourceFile) => ['url', file.canonicalUrl],
      (file: SourceFile) => ['file', `${file.platform}:${file.hostFileId}`],
      () => ['name', 'some file.*'],
    ]
    for (const valueOf of cases) {
      const { file, claim } = await fetching()
      const [kind, value] = valueOf(file)
      await database.query(
        `INSERT INTO block (id, kind, value, reason, created_at, enforced_at)
         VALUES (gen_random_uuid(), $1, $2, 'r', now(), now())`,
        [kind, value],
      )
      const finishing = fetches.finish(claim, { size: SIZE, sha256: randomUUID() })
      await expect(finishing).rejects.toMatchObject({ kind: 'FILE_BLOCKED' })
      await database.query('DELETE FROM block')
    }
  })

  it('never stay, however the end of the fetch and the adding of the block meet', async () => {
    const fetches = new Fetches(database, clock)
    for (let round = 0; round < 20; round++) {
      const sha256 = randomBytes(32).toString('hex')
      const { file, claim } = await fetching()
      const finishing = fetches
        .finish(claim, { size: SIZE, sha256, md5: 'm' })
        .catch((error: unknown) => error)
      const [end] = await Promise.all([finishing, block('sha256', sha256)])
      const { state } = await fileOf(file.id)
      // Refused at the end, it is the worker's to fail, unless the block came to it first.
      expect(end === true ? ['error'] : ['downloading', 'error']).toContain(state)
      if (end !== true) expect(end).toMatchObject({ kind: 'FILE_BLOCKED' })
    }
  })
})

describe('a name that comes with the bytes', () => {
  async function fetching(): Promise<{ file: SourceFile; claim: Claim }> {
    const leaseUntil = new Date(START + 15_000)
    const held = { state: 'downloading', claim: 1, worker: 'w', leaseUntil, objectKey: 'o', uploadId: 'u' }
    const file = await addFile({ ...held, name: 'x7Yz', nameFrom: 'link' } as Partial<SourceFile>)
    return { file, claim: { fileId: file.id, claim: 1, worker: 'w' } }
  }

  it('is the file’s from then on, for a worker that holds it', async () => {
    const fetches = new Fetches(database, clock)
    const { file, claim } = await fetching()
    expect(await fetches.rename({ ...claim, claim: 2 }, 'Not Mine.bin')).toBe(false)
    expect(await fileOf(file.id)).toMatchObject({ name: 'x7Yz', nameFrom: 'link' })
    expect(await fetches.rename(claim, 'Told Late.bin')).toBe(true)
    expect(await fetches.finish(claim, { size: SIZE, sha256: 'a' })).toBe(true)
    expect(await fileOf(file.id)).toMatchObject({ state: 'done', name: 'Told Late.bin', nameFrom: 'fetch' })
  })

  it('is refused if a pattern fits it, refunded, discarded and remembered', async () => {
    const fetches = new Fetches(database, clock)
    await block('name', 'forbidden*.bin')
    const { file, claim } = await fetching()
    const { accountId, linkId } = await addLink(file)
    const renaming = fetches.rename(claim, 'Forbidden Film.BIN')
    await expect(renaming).rejects.toMatchObject({ kind: 'FILE_BLOCKED', scope: 'file' })
    expect(await fetches.fail(claim, { cause: 'file_blocked', until: START + 1 })).toBe(true)
    expect(await linkOf(linkId)).toMatchObject({ endReason: 'failed', refusal: 'file_blocked' })
    expect(await leftOf(accountId)).toBe(GRANT)
    expect(await discarded()).toMatchObject([{ objectKey: 'o', uploadId: 'u' }])
    await expect(blocks.assertAllowed(await fileOf(file.id))).rejects.toMatchObject({
      refusal: 'file_blocked',
    })
  })

  it('never stays if it is blocked, however the telling and the adding of the block meet', async () => {
    const fetches = new Fetches(database, clock)
    for (let round = 0; round < 20; round++) {
      const { file, claim } = await fetching()
      const name = `meeting ${round}.bin`
      const renaming = fetches.rename(claim, name).catch((error: unknown) => error)
      const [end] = await Promise.all([renaming, block('name', name)])
      const { state } = await fileOf(file.id)
      // Refused, it is the worker's to fail, unless the block came to it first.
      expect(end === true ? ['error'] : ['downloading', 'error']).toContain(state)
      if (end !== true && end !== false) expect(end).toMatchObject({ kind: 'FILE_BLOCKED' })
    }
  })
})

describe('discarded objects', () => {
  it('are told from their time on, until they are forgotten', async () => {
    const discards = new Discards(database, clock)
    await Discards.add(database.manager, { objectKey: 'later', uploadId: null }, START + 5)
    await Discards.add(database.manager, { objectKey: 'now', uploadId: 'u' }, START)
    const due = await discards.due(10)
    expect(due).toMatchObject([{ objectKey: 'now', uploadId: 'u' }])
    for (const { id } of due) await discards.forget(id)
    expect(await discards.due(10)).toEqual([])
    clock.advance(5)
    expect(await discards.due(10)).toMatchObject([{ objectKey: 'later', uploadId: null }])
  })

  it('are what nobody reads any more, in the same step', async () => {
    const file = await addFile({ state: 'done', lastAccessAt: new Date(START - 10) })
    expect(await new StoredFiles(database, clock).forgetUnused(10, 1_000)).toContainEqual({
      fileId: file.id,
      objectKey: file.objectKey,
    })
    expect((await discarded()).map((each) => each.objectKey)).toContain(file.objectKey)
  })
})
