import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3ClientConfig,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { startS3, type S3Server } from './index.js'

const Bucket = 'test'
/** How clients report a lost or refused connection. */
const CUT = /ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|aborted/
const MIN_PART = 5 * 1024 * 1024

describe('S3 for tests', () => {
  let server: S3Server
  let client: S3Client
  const clients: S3Client[] = []

  const clientOf = (config: S3ClientConfig = {}): S3Client => {
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    const credentials = { accessKeyId, secretAccessKey }
    const made = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      ...config,
    })
    clients.push(made)
    return made
  }

  beforeEach(async () => {
    server = await startS3()
    client = clientOf()
    await client.send(new CreateBucketCommand({ Bucket }))
  })
  afterEach(async () => {
    for (const made of clients.splice(0)) made.destroy()
    await server.close()
  })

  const put = (Key: string, Body: string): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket, Key, Body }))
  const get = async (Key: string, Range?: string): Promise<string> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }))
    return Body!.transformToString()
  }
  const startUpload = async (Key = 'big'): Promise<{ Bucket: string; Key: string; UploadId: string }> => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    return { Bucket, Key, UploadId: UploadId! }
  }

  it('makes, finds, lists and removes buckets', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'another' }))
    const { Buckets } = await client.send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['another', Bucket])
    await client.send(new DeleteBucketCommand({ Bucket: 'another' }))
    await expectStatus(404, client.send(new HeadBucketCommand({ Bucket: 'another' })))
    await put('a', 'x')
    await expectCode('BucketNotEmpty', client.send(new DeleteBucketCommand({ Bucket })))
    await expectCode('BucketAlreadyOwnedByYou', client.send(new CreateBucketCommand({ Bucket })))
    await expectCode('NoSuchBucket', client.send(new GetObjectCommand({ Bucket: 'none', Key: 'a' })))
  })

  it.each([
    ['a text', (): string => 'hello wörld'],
    ['nothing', (): string => ''],
    [
      'a stream in aws-chunked framing with a checksum',
      (): Readable => Readable.from([Buffer.from('hello wörld')]),
    ],
  ])('keeps exactly %s', async (_what, body) => {
    const Body = body()
    const content = typeof Body === 'string' ? Body : 'hello wörld'
    const length = Buffer.byteLength(content)
    const input = { Bucket, Key: 'dir/å b+c', Body, ContentLength: length, Metadata: { who: 'me' } }
    const { ETag } = await client.send(new PutObjectCommand(input))
    expect(ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`)
    expect(await get('dir/å b+c')).toBe(content)
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'dir/å b+c' }))
    expect(head).toMatchObject({ ContentLength: length, ETag, Metadata: { who: 'me' } })
  })

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=-5', '56789', 'bytes 5-9/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
  ])('answers %s with those bytes', async (Range, content, contentRange) => {
    await put('digits', '0123456789')
    const { Body, ContentRange, $metadata } = await client.send(
      new GetObjectCommand({ Bucket, Key: 'digits', Range }),
    )
    expect([await Body!.transformToString(), ContentRange, $metadata.httpStatusCode]).toEqual([
      content,
      contentRange,
      206,
    ])
  })

  it('refuses a range outside, a missing key and a condition that fails', async () => {
    await put('digits', '0123456789')
    await expectStatus(416, get('digits', 'bytes=10-'))
    await expectCode('NoSuchKey', get('none'))
    await expectStatus(404, client.send(new HeadObjectCommand({ Bucket, Key: 'none' })))
    await expectStatus(412, client.send(new GetObjectCommand({ Bucket, Key: 'digits', IfMatch: '"x"' })))
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'digits' }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'digits' }))
    await expectCode('NoSuchKey', get('digits'))
  })

  it('lists objects in pages, by prefix and in folders', async () => {
    for (const key of ['b/2', 'a', 'b/1', 'c & d', 'b/x/3']) await put(key, key)
    const keys: (string | undefined)[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ContinuationToken }))
      keys.push(...page.Contents!.map(({ Key }) => Key))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    expect(keys).toEqual(['a', 'b/1', 'b/2', 'b/x/3', 'c & d'])
    const folder = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/', Delimiter: '/' }))
    expect(folder.Contents?.map(({ Key }) => Key)).toEqual(['b/1', 'b/2'])
    expect(folder.CommonPrefixes).toEqual([{ Prefix: 'b/x/' }])
  })

  it('joins parts that came in any order, and names them by the md5 of their md5s', async () => {
    const upload = await startUpload()
    const bodies = [Buffer.alloc(MIN_PART, 'a'), Buffer.alloc(MIN_PART, 'b'), Buffer.from('end')]
    const Parts = []
    for (const index of [2, 0, 1]) {
      const PartNumber = index + 1
      const input = { ...upload, PartNumber, Body: bodies[index]! }
      Parts.unshift({ PartNumber, ETag: (await client.send(new UploadPartCommand(input))).ETag })
    }
    Parts.sort((a, b) => a.PartNumber - b.PartNumber)
    const page = await client.send(new ListPartsCommand({ ...upload, MaxParts: 2 }))
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' })
    const rest = await client.send(new ListPartsCommand({ ...upload, PartNumberMarker: '2' }))
    expect(rest.IsTruncated).toBe(false)
    expect(rest.Parts).toMatchObject([{ PartNumber: 3, Size: 3, ETag: Parts[2]!.ETag }])
    const reversed = { ...upload, MultipartUpload: { Parts: Parts.toReversed() } }
    await expectCode('InvalidPartOrder', client.send(new CompleteMultipartUploadCommand(reversed)))

    const whole = { ...upload, MultipartUpload: { Parts } }
    const { ETag } = await client.send(new CompleteMultipartUploadCommand(whole))
    const md5 = (content: Buffer): Buffer => createHash('md5').update(content).digest()
    expect(ETag).toBe(`"${md5(Buffer.concat(bodies.map(md5))).toString('hex')}-3"`)
    expect(await get('big', `bytes=${MIN_PART - 2}-${MIN_PART + 1}`)).toBe('aabb')
    expect(await get('big', 'bytes=-4')).toBe('bend')
    await expectCode('NoSuchUpload', client.send(new CompleteMultipartUploadCommand(whole)))
    expect(server.stats().pendingUploads).toBe(0)
  })

  it('makes an object a part, and tells a failure also after the head of a success', async () => {
    const upload = await startUpload()
    await client.send(new PutObjectCommand({ Bucket, Key: 'a/source', Body: 'bytes' }))
    const copy = (CopySource: string, more: Partial<UploadPartCopyCommandInput> = {}) =>
      client.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource, ...more }))
    const ETag = (await copy(`${Bucket}/a/source`)).CopyPartResult!.ETag!
    expect(ETag).toBe(`"${createHash('md5').update('bytes').digest('hex')}"`)
    expect((await copy(`/${Bucket}/a%2Fsource`)).CopyPartResult).toMatchObject({ ETag })
    await expectCode('NoSuchKey', copy(`${Bucket}/a/other`))
    await expectCode('NoSuchBucket', copy('other/a/source'))
    await expectCode('InvalidArgument', copy('source'))
    await expectCode('NoSuchUpload', copy(`${Bucket}/a/source`, { UploadId: 'other' }))
    await expectCode('NotImplemented', copy(`${Bucket}/a/source`, { CopySourceRange: 'bytes=0-1' }))
    server.faults.fail({ operation: 'UploadPartCopy' }, { status: 200, code: 'InternalError' })
    await expectCode('InternalError', copy(`${Bucket}/a/source`))
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/source' }))
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }))
    expect(await get('big')).toBe('bytes')
  })

  it('refuses to complete with a missing, a changed or a small part', async () => {
    const upload = await startUpload()
    const part = async (PartNumber: number, Body: string): Promise<{ PartNumber: number; ETag: string }> => {
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
      return { PartNumber, ETag: ETag! }
    }
    const complete = (...Parts: { PartNumber: number; ETag: string }[]): Promise<unknown> =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    const old = await part(1, 'old')
    const first = await part(1, 'new')
    await expectCode('InvalidPart', complete(old))
    await expectCode('InvalidPart', complete(first, { PartNumber: 2, ETag: first.ETag }))
    await expectCode('EntityTooSmall', complete(first, await part(2, 'x')))
    await expectCode('MalformedXML', complete())
    await expectCode('InvalidArgument', part(10_001, 'x'))
    await complete(first)
    expect(await get('big')).toBe('new')
  })

  it('lists uploads in pages, and forgets those that were aborted', async () => {
    const uploads = [await startUpload('a'), await startUpload('b'), await startUpload('b')]
    const first = await client.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 2 }))
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = first
    const second = await client.send(new ListMultipartUploadsCommand({ Bucket, KeyMarker, UploadIdMarker }))
    const ids = [...first.Uploads!, ...second.Uploads!].map(({ UploadId }) => UploadId)
    expect(ids.toSorted()).toEqual(uploads.map(({ UploadId }) => UploadId).sort())
    for (const upload of uploads) await client.send(new AbortMultipartUploadCommand(upload))
    await expectCode('NoSuchUpload', client.send(new AbortMultipartUploadCommand(uploads[0]!)))
    await expectCode(
      'NoSuchUpload',
      client.send(new UploadPartCommand({ ...uploads[0]!, PartNumber: 1, Body: 'x' })),
    )
    expect(server.stats().pendingUploads).toBe(0)
  })

  it('refuses who is not signed, or not well', async () => {
    expect((await fetch(`${server.endpoint}/${Bucket}/a`)).status).toBe(403)
    const credentials = { accessKeyId: server.accessKeyId, secretAccessKey: 'wrong' }
    const wrong = clientOf({ credentials })
    await expectCode('SignatureDoesNotMatch', wrong.send(new ListObjectsV2Command({ Bucket })))
    const unknown = clientOf({ credentials: { ...credentials, accessKeyId: 'unknown' } })
    await expectCode('InvalidAccessKeyId', unknown.send(new ListObjectsV2Command({ Bucket })))
  })

  it('says so when the body is not what the headers say', async () => {
    const input = { Bucket, Key: 'a', Body: 'hello' }
    await expectCode('BadDigest', client.send(new PutObjectCommand({ ...input, ContentMD5: 'x' })))
    await expectCode('BadDigest', client.send(new PutObjectCommand({ ...input, ChecksumCRC32: 'AAAAAA==' })))
    const sha256 = createHash('sha256').update('other').digest('hex')
    expect(await text(await raw(sha256, 5, 'hello'))).toContain('<Code>XAmzContentSHA256Mismatch</Code>')
    expect(await text(await raw('UNSIGNED-PAYLOAD', undefined, ''))).toContain(
      '<Code>MissingContentLength</Code>',
    )
    expect(await text(await raw('UNSIGNED-PAYLOAD', 5, 'hello'))).toContain('200 OK')
  })

  it('keeps nothing of a body that is cut short', async () => {
    const socket = await raw('UNSIGNED-PAYLOAD', 50, 'half')
    socket.end()
    await once(socket.resume(), 'close')
    await expectCode('NoSuchKey', get('raw'))
    expect(await text(await raw('UNSIGNED-PAYLOAD', 4, 'half'))).toContain('200 OK')
    expect(await get('raw')).toBe('half')
  })

  it('goes on after a restart in the same directory', async () => {
    await server.close()
    const directory = await mkdtemp(join(tmpdir(), 'obb-s3-'))
    server = await startS3({ directory })
    client = clientOf()
    await client.send(new CreateBucketCommand({ Bucket }))
    await put('a', 'kept')
    const upload = await startUpload()
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part' }))
    const { port } = server
    await server.close()
    await expect(get('a')).rejects.toThrow(CUT)
    server = await startS3({ directory, port })
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }))
    expect([await get('a'), await get('big')]).toEqual(['kept', 'part'])
    await rm(directory, { recursive: true })
  })

  describe('faults', () => {
    it('fails the next requests that match, and no more', async () => {
      server.faults.fail({ operation: 'GetObject', key: 'a', times: 2 }, { status: 503, code: 'SlowDown' })
      await put('a', 'x')
      await put('b', 'y')
      expect(await get('b')).toBe('y')
      await expectCode('SlowDown', get('a'))
      await expectStatus(503, get('a'))
      expect(await get('a')).toBe('x')
      expect(server.stats().requests).toMatchObject({ PutObject: 2, GetObject: 4 })
    })

    it('resets a response after some bytes, or instead of it', async () => {
      await put('a', 'x'.repeat(1_000_000))
      server.faults.reset({ operation: 'GetObject' }, { on: 'response', afterBytes: 600_000 })
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }))
      await expect(Body!.transformToString()).rejects.toThrow(CUT)
      server.faults.reset({ operation: 'PutObject' }, { on: 'response', afterBytes: 0 })
      await expect(put('b', 'stored, but nobody was told')).rejects.toThrow(CUT)
      expect(await get('b')).toBe('stored, but nobody was told')
    })

    it('resets a request after some bytes of its body, and keeps nothing', async () => {
      server.faults.reset({ operation: 'PutObject' }, { on: 'request', afterBytes: 10 })
      await expect(put('a', 'x'.repeat(100))).rejects.toThrow(CUT)
      await expectCode('NoSuchKey', get('a'))
    })

    it('falls silent until the faults are cleared', async () => {
      server.faults.stall({ operation: 'GetObject' }, { on: 'response', afterBytes: 3 })
      await put('a', '0123456789')
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }))
      if (!(Body instanceof Readable)) throw new Error('no stream of Node')
      expect(String((await once(Body, 'data'))[0])).toBe('012')
      expect(server.stats().connections).toBeGreaterThan(0)
      const failed = once(Body, 'error')
      server.faults.clear()
      await failed
    })

    it('is down until it is up', async () => {
      await put('a', 'x')
      server.faults.down()
      await expect(get('a')).rejects.toThrow(CUT)
      expect(server.stats().connections).toBe(0)
      server.faults.up()
      expect(await get('a')).toBe('x')
    })
  })

  /** A PutObject of the key `raw`, signed by hand; answers with the bytes of the response. */
  async function raw(payload: string, length: number | undefined, body: string): Promise<Socket> {
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
    const host = new URL(server.endpoint).host
    const scope = `${date.slice(0, 8)}/${server.region}/s3/aws4_request`
    const names = 'host;x-amz-content-sha256;x-amz-date'
    const headers = `host:${host}\nx-amz-content-sha256:${payload}\nx-amz-date:${date}\n`
    const canonical = ['PUT', `/${Bucket}/raw`, '', headers, names, payload].join('\n')
    const digest = createHash('sha256').update(canonical).digest('hex')
    const hmac = (key: string | Buffer, data: string): Buffer =>
      createHmac('sha256', key).update(data).digest()
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${server.secretAccessKey}`)
    const signature = hmac(key as Buffer, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).toString('hex')
    const credential = `Credential=${server.accessKeyId}/${scope}`
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`PUT /${Bucket}/raw HTTP/1.1\r\n${headers.replaceAll('\n', '\r\n')}connection: close\r\n`)
    socket.write(
      `authorization: AWS4-HMAC-SHA256 ${credential},SignedHeaders=${names},Signature=${signature}\r\n`,
    )
    socket.write(length === undefined ? '\r\n' : `content-length: ${length}\r\n\r\n${body}`)
    await once(socket, 'connect')
    return socket
  }
})

async function expectCode(name: string, sent: Promise<unknown>): Promise<void> {
  await expect(sent).rejects.toMatchObject({ name })
}

async function expectStatus(httpStatusCode: number, sent: Promise<unknown>): Promise<void> {
  await expect(sent).rejects.toMatchObject({ $metadata: { httpStatusCode } })
}
