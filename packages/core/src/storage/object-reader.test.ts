import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { startS3, type S3Server } from '@obb/testing/s3'
import { openObjectStore } from './index.js'
import type { ObjectReader, ObjectStore, StoreSettings } from './index.js'

const MIB = 1024 * 1024
/** Long against a busy machine. */
const STALL_MS = 1_500
const CONTENT = randomBytes(6 * MIB + 789)
const SIZE = CONTENT.length
const forever = new AbortController().signal

/** Takes everything; each loan is spoilt after it was copied, as whoever gets the memory next would do. */
async function take(reader: ObjectReader): Promise<Buffer> {
  const copies: Buffer[] = []
  for (let bytes; (bytes = await reader.read()) !== undefined;) {
    expect(bytes.length).toBeGreaterThan(0)
    copies.push(Buffer.from(bytes))
    bytes.fill(0xee)
  }
  reader.close()
  return Buffer.concat(copies)
}

async function put(store: ObjectStore, key: string, content: Buffer): Promise<void> {
  await store.prepare()
  const upload = await store.createUpload(key, content.length, 8 * MIB)
  const part = await store.putPart(upload, 1, Readable.from([content]), forever)
  await store.completeUpload(upload, [part])
}

describe.each(['local', 's3'] as const)('a reader of an object, %s', (kind) => {
  let directory: string
  let server: S3Server | undefined
  let store: ObjectStore

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-reader-'))
    server = kind === 's3' ? await startS3({ directory }) : undefined
    const settings: StoreSettings =
      server === undefined ? { kind: 'local', directory } : { kind: 's3', bucket: 'files', ...server }
    store = await openObjectStore(settings)
    await put(store, 'a', CONTENT)
  })
  afterAll(async () => {
    await store.close()
    await server?.close()
    await rm(directory, { recursive: true })
  })

  it('gives exactly the bytes of any range, of many at the same time', async () => {
    const range = fc
      .tuple(fc.nat(SIZE), fc.nat(SIZE))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const)
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 8 }), async (ranges) => {
        const bounded = ranges.map(
          ([start, end]) => [Math.min(start, SIZE - 1), Math.min(end, SIZE)] as const,
        )
        const taken = await Promise.all(
          bounded.map(async ([start, end]) => take(await store.open('a', start, end))),
        )
        for (const [index, [start, end]] of bounded.entries()) {
          expect(taken[index]?.equals(CONTENT.subarray(start, end))).toBe(true)
        }
      }),
      { numRuns: 15 },
    )
  })

  it.each([1000, SIZE])(
    'leaves lent bytes alone when it is closed, whoever reads meanwhile: %i',
    async (end) => {
      const reader = await store.open('a', 0, end)
      let lent: Uint8Array | undefined
      for (let taken = 0; taken < end / 2; taken += lent!.length) lent = await reader.read()
      const before = Buffer.from(lent!)
      reader.close()
      reader.close()
      await Promise.all(Array.from({ length: 4 }, async () => take(await store.open('a', 0, SIZE))))
      expect(before.equals(lent!)).toBe(true)
    },
  )

  it('raises from a read under way when it is closed', async () => {
    const reader = await store.open('a', 0, SIZE)
    await reader.read()
    const reading = reader.read()
    reader.close()
    await expect(reading).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(reader.read()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
  })

  it.each<[string, string, number, number]>([
    ['NO_SUCH_OBJECT', 'b', 0, 1],
    ['INVALID', 'a', 0, SIZE + 1],
    ['INVALID', 'a', SIZE, SIZE + 1],
    ['INVALID', 'a', 5, 5],
    ['INVALID', 'a', 5, 4],
    ['INVALID', 'a', -1, 4],
    ['INVALID', '../a', 0, 1],
  ])('raises %s for %s [%i, %i)', async (expected, key, start, end) => {
    await expect(store.open(key, start, end)).rejects.toMatchObject({ kind: expected })
  })

  it('is not opened for a signal that is aborted', async () => {
    const why = new Error('gone')
    await expect(store.open('a', 0, 1, AbortSignal.abort(why))).rejects.toBe(why)
  })

  it('reads on while the object is deleted', async () => {
    await put(store, 'short', CONTENT.subarray(0, 3 * MIB))
    const reader = await store.open('short', 0, 3 * MIB)
    await store.delete('short')
    expect((await take(reader)).equals(CONTENT.subarray(0, 3 * MIB))).toBe(true)
  })
})

describe('a reader of an S3 that fails', () => {
  let server: S3Server
  let store: ObjectStore

  beforeEach(async () => {
    server = await startS3()
    store = await openObjectStore({ kind: 's3', bucket: 'files', stallMs: STALL_MS, ...server })
    await put(store, 'a', CONTENT)
  })
  afterEach(async () => {
    await store.close()
    await server.close()
  })

  it('is opened again until bytes flow', async () => {
    server.faults.fail({ operation: 'GetObject', times: 2 }, { status: 503, code: 'SlowDown' })
    expect(await take(await store.open('a', 1, 4))).toEqual(CONTENT.subarray(1, 4))
    server.faults.fail({ operation: 'GetObject', times: 3 }, { status: 503, code: 'SlowDown' })
    await expect(store.open('a', 1, 4)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
  })

  it('is not opened again where that cannot help', async () => {
    server.faults.fail({ operation: 'GetObject' }, { status: 404, code: 'NoSuchKey' })
    await expect(store.open('a', 1, 4)).rejects.toMatchObject({ kind: 'NO_SUCH_OBJECT' })
    expect(server.stats().requests['GetObject']).toBe(1)
  })

  it.each(['reset', 'stall'] as const)('ends in an error at a %s, with the bytes before it', async (how) => {
    server.faults[how]({ operation: 'GetObject' }, { on: 'response', afterBytes: MIB })
    const reader = await store.open('a', 0, SIZE)
    let taken = 0
    const reading = (async () => {
      for (let bytes; (bytes = await reader.read()) !== undefined;) taken += bytes.length
    })()
    await expect(reading).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    expect(taken).toBeLessThanOrEqual(MIB)
    reader.close()
  })

  it('waits for a slow reader', async () => {
    const reader = await store.open('a', 0, SIZE)
    const first = Buffer.from((await reader.read())!)
    await sleep(3 * STALL_MS)
    expect(Buffer.concat([first, await take(reader)]).equals(CONTENT)).toBe(true)
  })

  it('uses one connection for one range after the other, and closes the one that was given up', async () => {
    for (let index = 0; index < 20; index += 1) await take(await store.open('a', index, index + 70_000))
    const before = server.stats().connections
    await Promise.all([0, 1].map(async (start) => take(await store.open('a', start, SIZE))))
    expect(server.stats().connections).toBe(before + 1)
    const reader = await store.open('a', 0, SIZE)
    reader.close()
    await store.ping() // a round trip after the closing
    expect(server.stats().connections).toBeLessThanOrEqual(before + 1)
  })

  it('takes a new connection when the store closed the kept ones', async () => {
    await take(await store.open('a', 0, 10))
    server.faults.down()
    server.faults.up()
    expect(await take(await store.open('a', 0, 10))).toEqual(CONTENT.subarray(0, 10))
  })

  it('tells no secret', async () => {
    const wrong = await openObjectStore({
      kind: 's3',
      bucket: 'files',
      ...server,
      secretAccessKey: 'top-secret-key',
    })
    const error = (await wrong.open('a', 0, 1).catch((raised: unknown) => raised)) as Error
    expect(error).toMatchObject({
      kind: 'UNAVAILABLE',
      message: expect.stringMatching(/^S3 GetObject: 403 SignatureDoesNotMatch\b/),
    })
    expect(`${error.stack} ${String(error.cause)}`).not.toMatch(/top-secret|signature=|OBBTESTACCESSKEY/i)
    await wrong.close()
  })
})
