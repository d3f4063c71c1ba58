import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { startS3, type S3Server } from '@obb/testing/s3'
import type { S3Settings, StoredPart, Upload } from '../index.js'
import { S3Store } from './s3-store.js'

const MIB = 1024 * 1024
/** Silence is what few tests are about: a busy machine may be silent for a while in the others. */
const PATIENT_MS = 20_000
const STALL_MS = 400
const forever = new AbortController().signal
const content = Buffer.alloc(2 * MIB, '0123456789abcdef!')

describe('S3 store', () => {
  let server: S3Server
  let directory: string
  let store: S3Store

  const settings = (changes: Partial<S3Settings> = {}): S3Settings => {
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    return {
      endpoint,
      region,
      accessKeyId,
      secretAccessKey,
      bucket: 'files',
      stallMs: PATIENT_MS,
      ...changes,
    }
  }
  /** From now on silence is not borne for long. */
  const loseOnesPatience = async () => {
    await store.close()
    store = new S3Store(settings({ stallMs: STALL_MS }))
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-s3-'))
    server = await startS3({ directory })
    store = new S3Store(settings())
    await store.prepare()
  })
  afterEach(async () => {
    await store.close()
    await server.close()
    await rm(directory, { recursive: true })
  })

  const put = (upload: Upload, body: Readable = Readable.from([content])): Promise<StoredPart> =>
    store.putPart(upload, 1, body, forever)
  const start = (): Promise<Upload> => store.createUpload('a', content.length, 5 * MIB)
  const stored = async (): Promise<void> => {
    const upload = await start()
    await store.completeUpload(upload, [await put(upload)])
  }

  it('makes its bucket once, and is unavailable without it', async () => {
    await store.prepare()
    const other = new S3Store(settings({ bucket: 'other' }))
    await expect(other.ping()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(other.head('a')).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(other.read('a', 0, 1)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await Promise.all([other.prepare(), other.prepare()])
    await other.ping()
    expect(await other.head('a')).toBeUndefined()
    await other.close()
  })

  it('takes a completion whose answer was lost for done', async () => {
    const upload = await start()
    const parts = [await put(upload)]
    server.faults.reset({ operation: 'CompleteMultipartUpload' }, { on: 'response', afterBytes: 0 })
    await store.completeUpload(upload, parts)
    expect(await store.head('a')).toMatchObject({ size: content.length })
  })

  it('completes an upload although the S3 is too busy for longer than the SDK tries', async () => {
    const pauses: number[] = []
    const rest = (ms: number) => Promise.resolve(pauses.push(ms))
    const patient = new S3Store(settings({ retries: { tries: 3, firstMs: 100, mostMs: 1_000, rest } }))
    const upload = await start()
    const parts = [await put(upload)]
    const busy = { status: 503, code: 'SlowDown' }
    server.faults.fail({ operation: 'CompleteMultipartUpload', times: 4 }, busy)
    await patient.completeUpload(upload, parts)
    expect(await store.head('a')).toMatchObject({ size: content.length })
    expect(pauses).toHaveLength(1)

    server.faults.fail({ operation: 'CompleteMultipartUpload', times: 9 }, busy)
    const other = await start()
    const late = patient.completeUpload(other, [await put(other)])
    await expect(late).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await patient.close()
  })

  it.each(['aws', 'radosgw'] as const)('knows in the words of %s that an upload is over', async (dialect) => {
    const s3 = await startS3({ dialect })
    const { endpoint, accessKeyId, secretAccessKey } = s3
    const other = new S3Store(settings({ endpoint, accessKeyId, secretAccessKey }))
    await other.prepare()
    const upload = await other.createUpload('a', content.length, 5 * MIB)
    await other.completeUpload(upload, [await other.putPart(upload, 1, Readable.from([content]), forever)])
    await expect(other.listParts(upload)).rejects.toMatchObject({ kind: 'NO_SUCH_UPLOAD' })
    const aborted = await other.createUpload('b', content.length, 5 * MIB)
    await other.abortUpload(aborted)
    await expect(other.listParts(aborted)).rejects.toMatchObject({ kind: 'NO_SUCH_UPLOAD' })
    await expect(other.read('b', 0, 1)).rejects.toMatchObject({ kind: 'NO_SUCH_OBJECT' })
    await other.close()
    await s3.close()
  })

  it.each([
    [507, 'InsufficientStorage'],
    [507, 'XMinioStorageFull'],
    [403, 'QuotaExceeded'],
    [400, 'XMinioStorageFull'],
  ])('is full where the S3 says %s %s', async (status, code) => {
    for (const operation of ['UploadPart', 'PutObject'] as const) {
      server.faults.fail({ operation, times: 3 }, { status, code })
    }
    await expect(put(await start())).rejects.toMatchObject({ kind: 'FULL' })
    await expect(store.put('probe', Buffer.from('x'))).rejects.toMatchObject({ kind: 'FULL' })
  })

  it('goes on with the same parts after the store was killed and started again', async () => {
    const upload = await start()
    const part = await put(upload)
    const { port } = server
    await server.close()
    await expect(store.listParts(upload)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(put(upload)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(store.read('a', 0, 1)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    server = await startS3({ directory, port })
    expect(await store.listParts(upload)).toEqual([part])
    await store.completeUpload(upload, [part])
    expect((await buffer(await store.read('a', 0, content.length))).equals(content)).toBe(true)
  })

  describe('with readable parts', () => {
    let eager: S3Store
    let upload: Upload
    beforeEach(async () => {
      eager = new S3Store(settings({ readableParts: true }))
      upload = await start()
    })
    afterEach(() => eager.close())

    const putEager = (): Promise<StoredPart> => eager.putPart(upload, 1, Readable.from([content]), forever)

    it('tries a copy again that failed after the head of a success', async () => {
      server.faults.fail({ operation: 'UploadPartCopy' }, { status: 200, code: 'InternalError' })
      expect(await eager.listParts(upload)).toEqual([])
      const part = await putEager()
      expect(await eager.listParts(upload)).toEqual([part])
    })

    it('loses no more than the part in flight where a process ends between its bytes and their copy', async () => {
      server.faults.fail({ operation: 'UploadPartCopy' }, { status: 403, code: 'AccessDenied' })
      await expect(putEager()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
      expect(await eager.listParts(upload)).toEqual([])
      await eager.completeUpload(upload, [await putEager()])
      expect((await buffer(await eager.read('a', 0, content.length))).equals(content)).toBe(true)
      expect(await eager.listUploads()).toEqual([])
    })

    it('leaves nothing of a part whose upload is gone', async () => {
      await eager.abortUpload(upload)
      await expect(putEager()).rejects.toMatchObject({ kind: 'NO_SUCH_UPLOAD' })
      expect(await eager.listUploads()).toEqual([])
    })

    it('finds what a completion could not remove, also with the setting off', async () => {
      const part = await putEager()
      server.faults.fail({ operation: 'DeleteObject' }, { status: 403, code: 'AccessDenied' })
      await eager.completeUpload(upload, [part])
      expect(await store.listUploads()).toEqual([
        { key: 'a', uploadId: upload.uploadId, createdAt: expect.any(Date) as unknown },
      ])
      await store.abortUpload(upload)
      expect(await store.listUploads()).toEqual([])
      expect(await store.head('a')).toMatchObject({ size: content.length })
    })

    it('goes on with an upload that began with the setting off', async () => {
      const two = await store.createUpload('two', 5 * MIB + 1, 5 * MIB)
      const first = await store.putPart(two, 1, Readable.from([Buffer.alloc(5 * MIB)]), forever)
      const second = await eager.putPart(two, 2, Readable.from([Buffer.from('x')]), forever)
      expect(await eager.readableParts(two)!.list()).toEqual(new Set([2]))
      await eager.completeUpload(two, [first, second])
      expect(await eager.head('two')).toMatchObject({ size: 5 * MIB + 1 })
    })
  })

  it('lists more parts than fit one answer', async () => {
    const upload = { ...(await start()), size: 1003, partSize: 1 } // 1-byte parts, never completed
    const numbers = Array.from({ length: upload.size }, (_, index) => index + 1)
    for (let at = 0; at < numbers.length; at += 25) {
      const some = numbers.slice(at, at + 25)
      const body = (): Readable => Readable.from([Buffer.from('x')])
      await Promise.all(some.map((number) => store.putPart(upload, number, body(), forever)))
    }
    expect((await store.listParts(upload)).map(({ number }) => number)).toEqual(numbers)
  })

  it('refuses parts that S3 would refuse in the end', async () => {
    await expect(store.createUpload('a', 6 * MIB, MIB)).rejects.toMatchObject({ kind: 'INVALID' })
    await expect(store.createUpload('a', MIB, MIB)).resolves.toMatchObject({ partSize: MIB })
  })

  describe('writing a part', () => {
    it.each([
      [503, 'SlowDown', 'UNAVAILABLE'],
      [507, 'Anything', 'FULL'],
      [507, 'XMinioStorageFull', 'FULL'],
      [404, 'NoSuchUpload', 'NO_SUCH_UPLOAD'],
      [403, 'AccessDenied', 'UNAVAILABLE'],
    ])('learns from %d %s at once, without waiting for the body', async (status, code, kind) => {
      const upload = await start()
      server.faults.fail({ operation: 'UploadPart' }, { status, code })
      const endless = new Readable({ read: () => undefined })
      const putting = put(upload, endless)
      endless.push(Buffer.alloc(10)) // the head of a request leaves with its first bytes
      endless.push(Buffer.alloc(10))
      await expect(putting).rejects.toMatchObject({
        kind,
        message: expect.stringContaining(`S3 UploadPart: ${status} ${code}`),
      })
      expect(endless.destroyed).toBe(true)
    })

    it('stores nothing when the connection breaks', async () => {
      const upload = await start()
      server.faults.reset({ operation: 'UploadPart' }, { on: 'request', afterBytes: MIB })
      await expect(put(upload)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
      expect(await store.listParts(upload)).toEqual([])
    })

    it('gives up on a store that neither takes nor answers, but not on a slow body', async () => {
      await loseOnesPatience()
      const upload = await start()
      server.faults.stall({ operation: 'UploadPart' }, { on: 'response', afterBytes: 0 })
      await expect(put(upload)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
      server.faults.clear()
      const body = Readable.from(
        (async function* () {
          yield content.subarray(0, MIB)
          await sleep(3 * STALL_MS)
          yield content.subarray(MIB)
        })(),
      )
      expect(await put(upload, body)).toMatchObject({ number: 1 })
    })
  })

  describe('reading', () => {
    beforeEach(stored)

    it('tries again until bytes flow', async () => {
      server.faults.fail({ operation: 'GetObject', times: 2 }, { status: 503, code: 'SlowDown' })
      expect(await buffer(await store.read('a', 1, 4))).toEqual(content.subarray(1, 4))
      server.faults.fail({ operation: 'GetObject', times: 3 }, { status: 503, code: 'SlowDown' })
      await expect(store.read('a', 1, 4)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    })

    it.each(['reset', 'stall'] as const)('ends in an error when the store breaks off by %s', async (how) => {
      await loseOnesPatience()
      server.faults[how]({ operation: 'GetObject' }, { on: 'response', afterBytes: MIB })
      const stream = await store.read('a', 0, content.length)
      await expect(buffer(stream)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    })

    it('waits for a slow reader', async () => {
      await loseOnesPatience()
      const stream = await store.read('a', 0, content.length)
      await once(stream, 'readable')
      await sleep(3 * STALL_MS)
      expect((await buffer(stream)).equals(content)).toBe(true)
    })

    it('closes the connection of a read that was given up', async () => {
      const before = server.stats().connections
      const stop = new AbortController()
      const streams = [
        await store.read('a', 0, content.length),
        await store.read('a', 0, content.length, stop.signal),
      ]
      for (const stream of streams) stream.on('error', () => undefined)
      streams[0]!.destroy()
      stop.abort()
      await Promise.all(streams.map((stream) => stream.closed || once(stream, 'close')))
      await store.ping() // a round trip after the closing
      expect(server.stats().connections).toBeLessThanOrEqual(before)
    })
  })

  it('tells no secret in its errors', async () => {
    const wrong = new S3Store(settings({ secretAccessKey: 'top-secret-key' }))
    const upload = await start()
    const errors = await Promise.all(
      [
        wrong.ping(),
        wrong.read('a', 0, 1),
        wrong.listParts(upload),
        wrong.putPart(upload, 1, Readable.from([content]), forever),
      ].map((work: Promise<unknown>) => work.catch((raised: unknown) => raised as Error)),
    )
    for (const error of errors as Error[]) {
      const everything = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
      expect(error).toMatchObject({
        kind: 'UNAVAILABLE',
        message: expect.stringMatching(
          /^S3 \w+: 403 \w+: check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY[\w, ]*$/,
        ),
      })
      expect(everything).not.toMatch(/top-secret|signature=|X-Amz-Signature|OBBTESTACCESSKEY/i)
    }
    await wrong.close()
  })
})
