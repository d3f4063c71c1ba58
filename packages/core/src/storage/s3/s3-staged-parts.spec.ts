import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { type S3Server, startS3 } from '@obb/testing/s3'
import type { Upload } from '../object-store.js'
import { StagedParts } from './s3-staged-parts.js'
import { S3Store } from './s3-store.js'

const BUCKET = 'files'
const PART = 5 * 1024 * 1024
const SIZE = 2 * PART + 100
const forever = new AbortController().signal

describe('parts of an upload to an S3 that are read before it is complete', () => {
  let server: S3Server
  let client: S3Client
  let store: S3Store
  let staged: StagedParts
  let root: string
  let upload: Upload

  beforeAll(async () => {
    server = await startS3()
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    client = new S3Client({
      ...{ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true },
    })
    store = new S3Store({
      endpoint,
      region,
      accessKeyId,
      secretAccessKey,
      bucket: BUCKET,
      readableParts: true,
    })
    await store.prepare()
    // StagedParts as another process has them.
    staged = new StagedParts(client, BUCKET)
  })
  afterAll(async () => {
    await store.close()
    client.destroy()
    await server.close()
  })
  beforeEach(async () => {
    root = `obb-${randomUUID().slice(0, 12)}/`
    upload = await newUpload()
  })

  const newUpload = (key = `${root}${randomUUID()}/1`) => store.createUpload(key, SIZE, PART)
  const bytes = (fill: string, size = PART) => Buffer.alloc(size, fill)
  const put = (number: number, content: Buffer, of = upload) =>
    store.putPart(of, number, Readable.from([content]), forever)
  /** Bytes of a part that never got into the upload's own list: the process was killed. */
  const left = (number: number, of = upload) => store.put(staged.newKey(of, number), Buffer.from('left'))
  const arrivedOf = (of = upload) => staged.readable(of, (...range) => store.open(...range))

  async function read(start: number, end: number, arrived: ReturnType<typeof arrivedOf>): Promise<string> {
    const reader = await arrived.open(start, end)
    const chunks: Buffer[] = []
    for (let chunk = await reader.read(); chunk; chunk = await reader.read()) chunks.push(Buffer.from(chunk))
    reader.close()
    return Buffer.concat(chunks).toString()
  }

  it('are those that were written, each read by the bytes of the file and to its own end', async () => {
    await Promise.all([put(1, bytes('a')), put(3, bytes('c', 100))])
    const arrived = arrivedOf()
    expect(await arrived.list()).toEqual(new Set([1, 3]))
    expect(await read(5, 9, arrived)).toBe('aaaa')
    expect(await read(PART - 3, PART + 3, arrived)).toBe('aaa')
    expect(await read(2 * PART + 98, SIZE, arrived)).toBe('cc')
    await expect(arrived.open(PART, PART + 1)).rejects.toMatchObject({ kind: 'NO_SUCH_UPLOAD' })
    await put(2, bytes('b'))
    expect(await arrived.list()).toEqual(new Set([1, 2, 3]))
    expect(await read(PART, PART + 2, arrived)).toBe('bb')
  })

  it('are one of two that were written at the same time, whole, in the upload and to who reads', async () => {
    const parts = await Promise.all([put(1, bytes('x')), put(1, bytes('y'))])
    const arrived = arrivedOf()
    expect(await arrived.list()).toEqual(new Set([1]))
    expect(await read(0, 4, arrived)).toMatch(/^(xxxx|yyyy)$/)
    const [stored] = await store.listParts(upload)
    expect(parts.map(({ etag }) => etag)).toContain(stored?.etag)
  })

  it('are no others’: an upload of the same file has its own', async () => {
    const other = await newUpload(upload.key)
    await put(1, bytes('a'))
    expect(await arrivedOf(other).list()).toEqual(new Set())
  })

  it('are gone with their upload, and who reads is told so', async () => {
    await put(1, bytes('a'))
    const arrived = arrivedOf()
    await arrived.list()
    await store.abortUpload(upload)
    await expect(arrived.open(0, 1)).rejects.toMatchObject({ kind: 'NO_SUCH_UPLOAD' })
    expect(await arrived.list()).toEqual(new Set())
  })

  it('are stored only once the S3 has copied them', async () => {
    const abort = new AbortController()
    const part = await store.openPart(upload, 3, abort.signal)
    await part.write(bytes('c', 100))
    expect(await store.listParts(upload)).toEqual([])
    const stored = await part.finish()
    expect(await store.listParts(upload)).toEqual([stored])

    const copies = () => server.stats().requests['UploadPartCopy']
    const before = copies()
    const late = await store.openPart(upload, 1, abort.signal)
    await late.write(bytes('a'))
    server.faults.stall({ operation: 'UploadPartCopy' }, { on: 'response', afterBytes: 0 })
    const ended = expect(late.finish()).rejects.toThrow('stopped')
    while (copies() === before) await new Promise(setImmediate)
    abort.abort(new Error('stopped'))
    await ended
    server.faults.clear()
  })

  it('are all removed, however many they are, and twice is as good as once', async () => {
    for (let number = 1; number <= 20; number++) await left(number)
    await staged.remove(upload)
    expect(await arrivedOf().list()).toEqual(new Set())
    await staged.remove(upload)
  })

  it('that an upload left behind which is over are found below their root, with a date, and by no other name', async () => {
    const over = await newUpload()
    const elsewhere = await newUpload(`obb-elsewhere/${randomUUID()}/1`)
    for (const each of [upload, over, elsewhere]) await left(1, each)
    await store.put(`${root}arriving/not-ours/1-x`, Buffer.from('x'))
    await store.put(`${root}arriving/bm90.b3Vycw/1-x`, Buffer.from('x'))
    expect(await staged.leftovers(root, [upload])).toEqual([
      { key: over.key, uploadId: over.uploadId, createdAt: expect.any(Date) },
    ])
    await staged.remove(over)
    expect(await staged.leftovers(root, [upload])).toEqual([])
  })
})
