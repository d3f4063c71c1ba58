import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { startS3, type S3Server } from '@obb/testing/s3'
import { LocalStore, openObjectStore, partCount, partRange, StoreError } from './index.js'
import type { ObjectStore, StoredPart, StoreErrorKind, StoreSettings, Upload } from './index.js'

const MIB = 1024 * 1024
/** The least a part of an S3 may have, and a size that ends in a short part. */
const PART = 5 * MIB
const SIZE = 2 * PART + 1234
const CONTENT = randomBytes(SIZE)
const forever = new AbortController().signal

interface Column {
  start(): Promise<StoreSettings>
  stop(): Promise<void>
}

function localColumn(): Column {
  let directory = ''
  return {
    async start() {
      directory = await mkdtemp(join(tmpdir(), 'obb-store-'))
      return { kind: 'local', directory: join(directory, 'store') }
    },
    stop: () => rm(directory, { recursive: true }),
  }
}

function s3Column(readableParts: boolean): Column {
  let server: S3Server
  return {
    async start() {
      server = await startS3()
      const { endpoint, region, accessKeyId, secretAccessKey } = server
      return { kind: 's3', bucket: 'files', endpoint, region, accessKeyId, secretAccessKey, readableParts }
    },
    stop: () => server.close(),
  }
}

const columns: [string, Column][] = [
  ['a local directory', localColumn()],
  ['an S3', s3Column(false)],
  ['an S3 with readable parts', s3Column(true)],
]

describe.each(columns)('object store in %s', (_name, column) => {
  let settings: StoreSettings
  let store: ObjectStore
  let key = ''
  let keys = 0

  beforeAll(async () => {
    settings = await column.start()
    await (await openObjectStore(settings)).prepare()
  })
  afterAll(() => column.stop())
  beforeEach(async () => {
    store = await openObjectStore(settings)
    key = `files/${++keys}`
  })
  afterEach(async () => {
    for (const upload of await store.listUploads()) await store.abortUpload(upload)
    await store.close()
  })

  const bytesOf = (upload: Upload, number: number, content = CONTENT): Buffer => {
    const { start, end } = partRange(upload, number)
    return content.subarray(start, end)
  }
  const put = (upload: Upload, number: number, content = CONTENT): Promise<StoredPart> =>
    store.putPart(upload, number, chunked(bytesOf(upload, number, content)), forever)
  const stored = async (content = CONTENT, partSize = PART): Promise<Upload> => {
    const upload = await store.createUpload(key, content.length, partSize)
    const parts: StoredPart[] = []
    for (let number = 1; number <= partCount(upload); number++) parts.push(await put(upload, number, content))
    await store.completeUpload(upload, parts)
    return upload
  }
  const readAll = async (start: number, end: number): Promise<Buffer> =>
    buffer(await store.read(key, start, end))

  it('keeps exactly the bytes of parts that were written at the same time', async () => {
    const upload = await store.createUpload(key, SIZE, PART)
    const parts = await Promise.all([3, 1, 2].map((number) => put(upload, number)))
    expect(parts.map(({ number, size }) => [number, size])).toEqual([
      [3, 1234],
      [1, PART],
      [2, PART],
    ])
    expect(await store.head(key)).toBeUndefined()
    await store.completeUpload(upload, parts)
    expect(digest(await readAll(0, SIZE))).toBe(digest(CONTENT))
    const object = await store.head(key)
    expect(object).toMatchObject({ size: SIZE, etag: expect.stringMatching(/^[^"]+$/) })
    expect(Math.abs(Date.now() - object!.lastModified.getTime())).toBeLessThan(60_000)
  })

  it('shows what has arrived of an upload, unless it can show nothing', async () => {
    const upload = await store.createUpload(key, SIZE, PART)
    const arrived = store.readableParts(upload)
    expect(arrived !== undefined).toBe(store instanceof LocalStore || readable(settings))
    if (arrived === undefined) return
    expect(await arrived.list()).toEqual(new Set())
    await Promise.all([put(upload, 2), put(upload, 3)])
    expect(await arrived.list()).toEqual(new Set([2, 3]))
    const read = async (start: number, end: number): Promise<Buffer> => {
      const chunks: Buffer[] = []
      for (let at = start; at < end;) {
        const reader = await arrived.open(at, end)
        for (let bytes; (bytes = await reader.read()) !== undefined; at += bytes.length) {
          chunks.push(Buffer.from(bytes))
        }
      }
      return Buffer.concat(chunks)
    }
    expect((await read(PART + 7, 2 * PART)).equals(CONTENT.subarray(PART + 7, 2 * PART))).toBe(true)
    expect((await read(SIZE - 2000, SIZE)).equals(CONTENT.subarray(SIZE - 2000))).toBe(true)
    await expectKind('INVALID', arrived.open(PART, PART))
    await store.abortUpload(upload)
    await expectKind('NO_SUCH_UPLOAD', read(PART, PART + 1))
    expect(await store.listUploads()).toEqual([])
  })

  it('keeps nothing of a complete upload but its object', async () => {
    const upload = await store.createUpload(key, SIZE, PART)
    await put(upload, 1)
    const parts = await Promise.all([1, 2, 3].map((number) => put(upload, number)))
    const arrived = store.readableParts(upload)
    await arrived?.list()
    await store.completeUpload(upload, parts)
    expect(await store.listUploads()).toEqual([])
    if (arrived) await expectKind('NO_SUCH_UPLOAD', arrived.open(0, 1))
    expect(digest(await readAll(0, SIZE))).toBe(digest(CONTENT))
  })

  it('lets a second write of a part replace the first', async () => {
    const upload = await store.createUpload(key, PART + 10, PART)
    const content = CONTENT.subarray(0, PART + 10)
    const first = await put(upload, 2, Buffer.alloc(PART + 10))
    const parts = [await put(upload, 1, content), await put(upload, 2, content)]
    expect(await store.listParts(upload)).toEqual(parts)
    await expectKind('INCOMPLETE', store.completeUpload(upload, [parts[0]!, first]))
    await store.completeUpload(upload, parts)
    expect(digest(await readAll(0, PART + 10))).toBe(digest(content))
  })

  it('takes two writes of the same part at the same time one way or the other, whole', async () => {
    const upload = await store.createUpload(key, PART, PART)
    const ones = Buffer.alloc(PART, 1)
    const twos = Buffer.alloc(PART, 2)
    await Promise.all([put(upload, 1, ones), put(upload, 1, twos)])
    await store.completeUpload(upload, await store.listParts(upload))
    expect([digest(ones), digest(twos)]).toContain(digest(await readAll(0, PART)))
  })

  it.each([
    ['early', PART - 1],
    ['at once', 0],
    ['one byte late', PART + 1],
    ['far too late', PART + 3 * MIB],
  ])('stores nothing of a body that ends %s', async (_when, length) => {
    const upload = await store.createUpload(key, 2 * PART, PART)
    const body = chunked(Buffer.alloc(length))
    await expectKind('PART_SIZE', store.putPart(upload, 1, body, forever))
    expect(body.destroyed).toBe(true)
    expect(await store.listParts(upload)).toEqual([])
  })

  it('keeps an overrun out of the next part', async () => {
    const upload = await store.createUpload(key, 2 * PART, PART)
    const content = CONTENT.subarray(0, 2 * PART)
    const second = await put(upload, 2, content)
    await expectKind('PART_SIZE', store.putPart(upload, 1, chunked(Buffer.alloc(PART + 100_000)), forever))
    await store.completeUpload(upload, [await put(upload, 1, content), second])
    expect(digest(await readAll(0, 2 * PART))).toBe(digest(content))
  })

  it('raises the own error of a body that fails, and stores nothing', async () => {
    const upload = await store.createUpload(key, PART, PART)
    const failure = new Error('the host hung up')
    const body = Readable.from(
      (function* () {
        yield CONTENT.subarray(0, MIB)
        throw failure
      })(),
    )
    await expect(store.putPart(upload, 1, body, forever)).rejects.toBe(failure)
    const failed = new Readable({ read: () => undefined })
    failed.destroy(failure)
    await expect(store.putPart(upload, 1, failed, forever)).rejects.toBe(failure)
    const cut = new Readable({ read: () => undefined })
    const putting = store.putPart(upload, 1, cut, forever)
    cut.push(CONTENT.subarray(0, 100))
    cut.destroy()
    await expectKind('PART_SIZE', putting)
    expect(await store.listParts(upload)).toEqual([])
  })

  it('stops a part in its middle when told so, and stores nothing', async () => {
    const upload = await store.createUpload(key, PART, PART)
    const why = new Error('lease lost')
    for (const when of ['at the start', 'in the middle']) {
      const stop = new AbortController()
      let slices = 16 // 1 MiB in all: more is asked for only after it was taken
      const body = new Readable({
        read() {
          if (slices-- > 0) this.push(CONTENT.subarray(0, 65_536))
          else this.emit('taken')
        },
      })
      const putting = store.putPart(upload, 1, body, stop.signal)
      if (when === 'in the middle') await once(body, 'taken')
      stop.abort(why)
      await expect(putting).rejects.toBe(why)
      expect(body.destroyed).toBe(true)
      await expect(store.putPart(upload, 1, chunked(CONTENT), stop.signal)).rejects.toBe(why)
    }
    expect(await store.listParts(upload)).toEqual([])
  })

  it('tells a new process which parts it has', async () => {
    const upload = await store.createUpload(key, SIZE, PART)
    const parts = [await put(upload, 1), await put(upload, 3)]
    await store.close()
    store = await openObjectStore(settings)
    expect(await store.listParts(upload)).toEqual(parts)
    await store.completeUpload(upload, [...(await store.listParts(upload)), await put(upload, 2)])
    expect(digest(await readAll(0, SIZE))).toBe(digest(CONTENT))
  })

  it('refuses to complete what is not whole', async () => {
    const upload = await store.createUpload(key, SIZE, PART)
    const parts = [await put(upload, 1), await put(upload, 3)]
    await expectKind('INCOMPLETE', store.completeUpload(upload, parts))
    await expectKind(
      'INCOMPLETE',
      store.completeUpload(upload, [...parts, { number: 2, size: PART, etag: 'x' }]),
    )
    expect(await store.head(key)).toBeUndefined()
    expect(await store.listParts(upload)).toEqual(parts)
  })

  it('completes twice, aborts twice, and knows the end of both', async () => {
    const upload = await store.createUpload(key, 10, PART)
    const content = CONTENT.subarray(0, 10)
    const parts = [await put(upload, 1, content)]
    await Promise.all([store.completeUpload(upload, parts), store.completeUpload(upload, parts)])
    await (await openObjectStore(settings)).completeUpload(upload, parts)
    expect(await readAll(0, 10)).toEqual(content)
    await expectKind('NO_SUCH_UPLOAD', store.listParts(upload))

    const dropped = await store.createUpload(`${key}/dropped`, 10, PART)
    await put(dropped, 1)
    await store.abortUpload(dropped)
    await store.abortUpload(dropped)
    await expectKind('NO_SUCH_UPLOAD', store.listParts(dropped))
    await expectKind('NO_SUCH_UPLOAD', put(dropped, 1))
    await expectKind('NO_SUCH_UPLOAD', store.completeUpload(dropped, parts))
    expect(await store.head(dropped.key)).toBeUndefined()
    await store.abortUpload({ key, uploadId: 'an id of another store' })
    await expectKind('NO_SUCH_UPLOAD', store.listParts({ ...upload, uploadId: '../../objects' }))
  })

  it.each([
    [0, SIZE],
    [0, 1],
    [SIZE - 1, SIZE],
    [PART - 1, PART + 1],
    [PART, 2 * PART],
    [SIZE, SIZE],
    [7, 7],
  ])('reads the bytes [%d, %d) and no other', async (start, end) => {
    if ((await store.head('ranges')) === undefined) {
      key = 'ranges'
      await stored()
    }
    key = 'ranges'
    expect(digest(await readAll(start, end))).toBe(digest(CONTENT.subarray(start, end)))
  })

  it('refuses ranges that cannot be', async () => {
    await stored(CONTENT.subarray(0, 100))
    for (const [start, end] of [
      [5, 4],
      [-1, 4],
      [0, 101],
      [101, 102],
      [200, 200],
      [0.5, 4],
    ]) {
      await expectKind('INVALID', store.read(key, start!, end!))
    }
  })

  it('holds objects of zero bytes', async () => {
    const upload = await store.createUpload(key, 0, PART)
    expect(await store.listParts(upload)).toEqual([])
    await expectKind('INVALID', store.putPart(upload, 1, chunked(Buffer.alloc(0)), forever))
    await store.completeUpload(upload, [])
    await store.completeUpload(upload, [])
    expect(await store.head(key)).toMatchObject({ size: 0 })
    expect(await readAll(0, 0)).toHaveLength(0)
    expect(await store.listUploads()).toEqual([])
    key += '/aborted'
    const aborted = await store.createUpload(key, 0, PART)
    await store.abortUpload(aborted)
    await expectKind('NO_SUCH_UPLOAD', store.completeUpload(aborted, []))
  })

  it('reads on while the object is deleted, and not again', async () => {
    await stored()
    const stream = await store.read(key, 0, SIZE)
    await once(stream, 'readable')
    await store.delete(key)
    await store.delete(key)
    expect(digest(await buffer(stream))).toBe(digest(CONTENT))
    expect(await store.head(key)).toBeUndefined()
    await expectKind('NO_SUCH_OBJECT', store.read(key, 0, 1))
    await expectKind('NO_SUCH_OBJECT', store.read(key, 0, 0))
  })

  it('stops a read when told so', async () => {
    await stored()
    const stop = new AbortController()
    const stream = await store.read(key, 0, SIZE, stop.signal)
    await once(stream, 'readable')
    stop.abort()
    await expect(buffer(stream)).rejects.toMatchObject({ name: 'AbortError' })
    await expect(store.read(key, 0, SIZE, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    const unread = await store.read(key, 0, SIZE)
    unread.destroy()
    await once(unread, 'close')
  })

  it('lets a key and a longer one with a slash both exist', async () => {
    const short = key
    await stored(Buffer.from('short'))
    key = `${short}/longer`
    await stored(Buffer.from('longer'))
    expect(String(await readAll(0, 6))).toBe('longer')
    key = short
    expect(String(await readAll(0, 5))).toBe('short')
  })

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '../a',
    'a/../b',
    '.',
    'a/./b',
    'a b',
    'a%2f',
    'ä',
    'a\n',
    'x'.repeat(201),
  ])('refuses the key %j', async (bad) => {
    await expectKind('INVALID', store.createUpload(bad, 1, PART))
    await expectKind('INVALID', store.head(bad))
    await expectKind('INVALID', store.read(bad, 0, 1))
    await expectKind('INVALID', store.delete(bad))
  })

  it('refuses sizes and parts that cannot be', async () => {
    await expectKind('INVALID', store.createUpload(key, -1, PART))
    await expectKind('INVALID', store.createUpload(key, 1.5, PART))
    await expectKind('INVALID', store.createUpload(key, 1, 0))
    await expectKind('INVALID', store.createUpload(key, 10_001 * PART, PART))
    const upload = await store.createUpload(key, PART + 1, PART)
    for (const number of [0, 3, 1.5]) {
      const body = chunked(CONTENT)
      await expectKind('INVALID', store.putPart(upload, number, body, forever))
      expect(body.destroyed).toBe(true)
    }
  })

  it('lists the uploads under way and no others', async () => {
    const before = Date.now()
    const uploads = [
      await store.createUpload(key, 10, PART),
      await store.createUpload(key, 10, PART),
      await store.createUpload(`${key}/b`, 0, PART),
    ]
    const listed = await store.listUploads()
    const names = ({ key, uploadId }: { key: string; uploadId: string }): string => `${key} ${uploadId}`
    expect(listed.map(names).sort()).toEqual(uploads.map(names).sort())
    for (const { createdAt } of listed) expect(Math.abs(createdAt.getTime() - before)).toBeLessThan(60_000)
    await store.abortUpload(listed[0]!)
    expect(await store.listUploads()).toHaveLength(2)
  })

  it('lists the uploads and objects below a prefix, in as many parts as it takes', async () => {
    for (const name of ['mine/a', 'mine/b/c', 'mine-not/a'])
      await store.put(`${key}/${name}`, Buffer.from(name))
    const upload = await store.createUpload(`${key}/mine/d`, 10, PART)
    await store.createUpload(`${key}/other`, 10, PART)
    const listed = []
    let from: string | undefined
    do {
      const page = await store.listObjects(`${key}/mine/`, from)
      listed.push(...page.objects)
      from = page.next
    } while (from !== undefined)
    const names = listed.map((object) => [object.key, object.size]).sort()
    expect(names).toEqual([
      [`${key}/mine/a`, 6],
      [`${key}/mine/b/c`, 8],
    ])
    for (const { lastModified } of listed) {
      expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(60_000)
    }
    expect(await store.listUploads(`${key}/mine/`)).toMatchObject([{ uploadId: upload.uploadId }])
  })

  it('puts a small object in place of the one before', async () => {
    await store.put(key, Buffer.from('one'))
    await store.put(key, Buffer.from('another'))
    expect((await readAll(0, 7)).toString()).toBe('another')
    expect(await store.head(key)).toMatchObject({ size: 7 })
    expect(await store.listUploads()).toEqual([])
    await store.put(`${key}/empty`, Buffer.alloc(0))
    expect(await store.head(`${key}/empty`)).toMatchObject({ size: 0 })
  })

  it('answers a ping', async () => {
    await store.ping()
  })

  it('ends with exactly the right bytes, in whatever order parts come and fail', async () => {
    const size = 2 * PART + 7
    const step = fc.record({
      number: fc.integer({ min: 1, max: 3 }),
      fate: fc.constantFrom('whole', 'whole', 'early', 'late', 'failed', 'aborted'),
      restart: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.nat(), async (steps, seed) => {
        key = `property/${++keys}`
        const content = Buffer.alloc(size, createHash('sha256').update(String(seed)).digest())
        const upload = await store.createUpload(key, size, PART)
        await Promise.all(
          steps.map(({ number, fate }) => {
            const bytes = bytesOf(upload, number, content)
            return fate === 'whole' ? put(upload, number, content) : failing(upload, number, bytes, fate)
          }),
        )
        if (steps.some(({ restart }) => restart)) {
          await store.close()
          store = await openObjectStore(settings)
        }
        const had = await store.listParts(upload)
        const has = new Set(had.map(({ number }) => number))
        const missing = [1, 2, 3].filter((number) => !has.has(number))
        if (missing.length > 0) await expectKind('INCOMPLETE', store.completeUpload(upload, had))
        const rest = await Promise.all(missing.map((number) => put(upload, number, content)))
        await store.completeUpload(upload, [...had, ...rest])
        expect(digest(await readAll(0, size))).toBe(digest(content))
        await store.delete(key)
      }),
      { numRuns: 4 * Number(process.env['RUNS'] ?? 1) },
    )

    async function failing(upload: Upload, number: number, bytes: Buffer, fate: string): Promise<void> {
      const stop = new AbortController()
      const garbage = Buffer.alloc(bytes.length + (fate === 'late' ? 1 : 0), 0xee)
      const body = Readable.from(
        (function* () {
          yield garbage.subarray(0, bytes.length >> 1)
          if (fate === 'aborted') stop.abort()
          if (fate === 'failed') throw new Error('host failed')
          if (fate === 'late') yield garbage.subarray(bytes.length >> 1)
        })(),
      )
      await expect(store.putPart(upload, number, body, stop.signal)).rejects.toThrow()
    }
  })
})

function readable(settings: StoreSettings): boolean {
  return settings.kind === 's3' && settings.readableParts === true
}

/** In slices like a socket's. */
function chunked(bytes: Buffer, slice = 65_536): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += slice) yield bytes.subarray(at, at + slice)
    })(),
    { objectMode: false },
  )
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function expectKind(kind: StoreErrorKind, work: Promise<unknown>): Promise<void> {
  const error: unknown = await work.then(
    () => 'no error',
    (raised: unknown) => raised,
  )
  expect(error).toBeInstanceOf(StoreError)
  expect((error as StoreError).kind).toBe(kind)
}
