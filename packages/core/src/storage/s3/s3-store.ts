import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  type GetObjectCommandInput,
  type ListMultipartUploadsCommandOutput,
  type ListPartsCommandOutput,
} from '@aws-sdk/client-s3'
import { S3RequestPresigner, getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { setMaxListeners } from 'node:events'
import { Readable, addAbortSignal } from 'node:stream'
import { BodyStream } from '@obb/http-engine'
import { checkKey, checkRange, checkSomeBytes } from '../key.js'
import { StoreError } from '../object-store.js'
import type {
  ReadableParts,
  ObjectPage,
  ObjectReader,
  ObjectStore,
  PartWriter,
  PendingUpload,
  ServedAs,
  StoredObject,
  StoredPart,
  Upload,
} from '../object-store.js'
import { checkPlan, partCount, partRange, wholeSet } from '../part-plan.js'
import { streamPart } from '../part-writer.js'
import { type Retries, STORE_RETRIES, retry } from '../retries.js'
import { s3Error } from './s3-errors.js'
import type { S3Part } from './s3-part.js'
import { S3Ranges } from './s3-reader.js'
import { StagedParts } from './s3-staged-parts.js'
import { S3Wire } from './s3-wire.js'

/** S3's own limit for every part but the last. */
const MIN_PART = 5 * 1024 * 1024
const URL_LIFETIME_S = 3600
/** The longest that a signature of version 4 holds. */
const LONGEST_URL_S = 7 * 24 * 3600
const CONNECT_MS = 5_000
const STALL_MS = 30_000
const ATTEMPTS = 3

export interface S3Settings {
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Limit in ms for one request without file content, 60 000 unless given. */
  requestMs?: number
  /** How long in ms a transfer may stand still on the store's side, 30 000 unless given. */
  stallMs?: number
  /** How a completion is tried again, beyond what the SDK does; STORE_RETRIES unless given. */
  retries?: Retries
  /** Whether parts of uploads can be read before these are complete: see StagedParts. Off unless given. */
  readableParts?: boolean
}

/**
 * Any S3, addressed by path. Requests about files go through the SDK and are repeated by it; file content comes
 * through `S3Ranges` and goes over `S3Wire`, where only the caller can repeat a part.
 */
export class S3Store implements ObjectStore {
  readonly #client: S3Client
  readonly #endpoint: URL
  readonly #presigner: S3RequestPresigner
  readonly #bucket: string
  readonly #wire: S3Wire
  readonly #ranges: S3Ranges
  readonly #staged: StagedParts
  readonly #readableParts: boolean
  readonly #retries: Retries

  constructor(settings: S3Settings) {
    const { bucket, accessKeyId, secretAccessKey, requestMs, stallMs, readableParts, retries, ...where } =
      settings
    this.#bucket = bucket
    this.#readableParts = readableParts ?? false
    this.#retries = retries ?? STORE_RETRIES
    this.#wire = new S3Wire(stallMs ?? STALL_MS)
    this.#ranges = new S3Ranges({
      endpoint: where.endpoint,
      stallMs: stallMs ?? STALL_MS,
      sign: (key) => this.#getUrl(key),
      goodForMs: (URL_LIFETIME_S * 1000) / 2,
    })
    this.#client = new S3Client({
      ...where,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      // Stores that are not AWS misread the checksums that newer SDKs add.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: requestMs ?? 60_000,
        throwOnRequestTimeout: true,
      },
    })
    this.#endpoint = new URL(where.endpoint)
    this.#staged = new StagedParts(this.#client, bucket)
    this.#presigner = new S3RequestPresigner({ ...this.#client.config })
  }

  /** Makes the bucket unless it is there. */
  async prepare(): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }))
    } catch (error) {
      if (!isNotFound(error)) throw s3Error('HeadBucket', error)
      await this.#createBucket()
    }
  }

  async createUpload(key: string, size: number, partSize: number): Promise<Upload> {
    checkKey(key)
    checkPlan({ size, partSize })
    if (partSize < MIN_PART && partCount({ size, partSize }) > 1) {
      throw new StoreError('INVALID', `S3 takes no parts of ${partSize} bytes`)
    }
    const command = new CreateMultipartUploadCommand({ Bucket: this.#bucket, Key: key })
    const { UploadId } = await withS3Errors('CreateMultipartUpload', this.#client.send(command))
    return { key, uploadId: required(UploadId), size, partSize }
  }

  async listParts(upload: Upload): Promise<StoredPart[]> {
    const parts: StoredPart[] = []
    let page: ListPartsCommandOutput | undefined
    do {
      // Not the SDK's paginator: it goes on for as long as there is a marker, which some stores always send.
      const marker = page?.NextPartNumberMarker
      const command = new ListPartsCommand({ ...this.#nameOf(upload), PartNumberMarker: marker })
      page = await withS3Errors('ListParts', this.#client.send(command))
      for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
        parts.push({ number: required(PartNumber), size: required(Size), etag: unquote(required(ETag)) })
      }
    } while (page.IsTruncated === true)
    return parts
  }

  async listUploads(prefix = ''): Promise<PendingUpload[]> {
    const pending: PendingUpload[] = []
    let page: ListMultipartUploadsCommandOutput | undefined
    do {
      const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
        Bucket: this.#bucket,
        Prefix: prefix,
        KeyMarker: page?.NextKeyMarker,
        UploadIdMarker: page?.NextUploadIdMarker,
      })
      page = await withS3Errors('ListMultipartUploads', this.#client.send(command))
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        pending.push({ key: required(Key), uploadId: required(UploadId), createdAt: required(Initiated) })
      }
    } while (page.IsTruncated === true)
    return [...pending, ...(await this.#staged.leftovers(prefix, pending))]
  }

  async listObjects(prefix: string, from?: string): Promise<ObjectPage> {
    const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, StartAfter: from })
    const { Contents = [], IsTruncated } = await withS3Errors('ListObjectsV2', this.#client.send(command))
    const objects = Contents.map(({ Key, Size, LastModified }) => {
      return { key: required(Key), size: required(Size), lastModified: required(LastModified) }
    })
    return { objects, next: IsTruncated === true ? objects.at(-1)?.key : undefined }
  }

  async room(): Promise<undefined> {}

  async put(key: string, content: Buffer): Promise<void> {
    const object = { Bucket: this.#bucket, Key: checkKey(key), Body: content, ContentLength: content.length }
    await withS3Errors('PutObject', this.#client.send(new PutObjectCommand(object)))
  }

  async putPart(upload: Upload, number: number, body: Readable, signal: AbortSignal): Promise<StoredPart> {
    body.on('error', () => undefined) // it may fail before anybody listens, who then finds it
    try {
      const part = await this.openPart(upload, number, signal)
      return await streamPart(part, body, part.failed)
    } catch (error) {
      body.destroy()
      throw signal.aborted ? signal.reason : error
    }
  }

  async openPart(
    upload: Upload,
    number: number,
    signal: AbortSignal,
  ): Promise<PartWriter & Pick<S3Part, 'failed'>> {
    setMaxListeners(0, signal) // a whole file's parts may share it
    const { size } = partRange(upload, number)
    signal.throwIfAborted()
    const staged = this.#readableParts ? this.#staged.newKey(upload, number) : undefined
    const query = { partNumber: String(number), uploadId: upload.uploadId }
    const url = await (staged === undefined
      ? this.#putUrl(checkKey(upload.key), query)
      : this.#putUrl(staged))
    signal.throwIfAborted()
    const part = this.#wire.part(url, number, size, signal)
    return staged === undefined ? part : this.#staged.writer(upload, staged, part, signal)
  }

  pathOf(): undefined {
    return undefined
  }

  readableParts(upload: Upload): ReadableParts | undefined {
    if (!this.#readableParts) return undefined
    return this.#staged.readable(upload, (...range) => this.#ranges.open(...range))
  }

  async completeUpload(upload: Upload, parts: readonly StoredPart[]): Promise<void> {
    const whole = wholeSet(upload, parts)
    await retry(async () => {
      try {
        if (upload.size === 0) await this.#completeEmpty(upload)
        else await this.#complete(upload, whole)
      } catch (error) {
        const failure = s3Error('CompleteMultipartUpload', error)
        if (failure.kind !== 'NO_SUCH_UPLOAD') throw failure
        if ((await this.head(upload.key))?.size !== upload.size) throw failure // else an answer was lost
      }
    }, this.#retries)
    // Staged parts that are not removed now are found among the uploads later.
    if (this.#readableParts) await this.#staged.remove(upload).catch(() => undefined)
  }

  async abortUpload(upload: Pick<Upload, 'key' | 'uploadId'>): Promise<void> {
    const command = new AbortMultipartUploadCommand(this.#nameOf(upload))
    await this.#client.send(command).catch((raised: unknown) => {
      const error = s3Error('AbortMultipartUpload', raised)
      if (error.kind !== 'NO_SUCH_UPLOAD') throw error
    })
    await this.#staged.remove(upload)
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: checkKey(key) })
    try {
      const { ContentLength, ETag, LastModified } = await this.#client.send(command)
      return {
        size: required(ContentLength),
        etag: unquote(required(ETag)),
        lastModified: required(LastModified),
      }
    } catch (error) {
      if (!isNotFound(error)) throw s3Error('HeadObject', error)
      await this.ping() // the answer to HEAD does not tell a missing object from a missing bucket
      return undefined
    }
  }

  async read(key: string, start: number, end: number, signal?: AbortSignal): Promise<Readable> {
    checkKey(key)
    checkRange(start, end)
    signal?.throwIfAborted()
    if (start < end) {
      const stream = new BodyStream(await this.#ranges.open(key, start, end, signal))
      return signal === undefined ? stream : addAbortSignal(signal, stream)
    }
    const object = await this.head(key) // HTTP has no empty range
    if (object === undefined) throw new StoreError('NO_SUCH_OBJECT', 'no such object')
    if (end > object.size) throw new StoreError('INVALID', `range ends at ${end} of ${object.size} bytes`)
    return Readable.from([])
  }

  async open(key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    checkKey(key)
    checkSomeBytes(start, end)
    signal?.throwIfAborted()
    return this.#ranges.open(key, start, end, signal)
  }

  async locate(key: string, { type, disposition }: ServedAs, goodForMs: number): Promise<{ url: string }> {
    const as = { ResponseContentType: type, ResponseContentDisposition: disposition }
    const seconds = Math.min(LONGEST_URL_S, Math.max(1, Math.floor(goodForMs / 1000)))
    return { url: await this.#getUrl(checkKey(key), as, seconds) }
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: checkKey(key) })
    await this.#client.send(command).catch((raised: unknown) => {
      const error = s3Error('DeleteObject', raised)
      if (error.kind !== 'NO_SUCH_OBJECT') throw error
    })
  }

  async ping(): Promise<void> {
    await withS3Errors('HeadBucket', this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket })))
  }

  async close(): Promise<void> {
    this.#client.destroy()
    this.#wire.close()
    this.#ranges.close()
  }

  /** A URL with which anybody can GET the object, ranges included, for so long: a secret. */
  #getUrl(key: string, as: Partial<GetObjectCommandInput> = {}, expiresIn = URL_LIFETIME_S): Promise<string> {
    const command = new GetObjectCommand({ ...as, Bucket: this.#bucket, Key: key })
    return getSignedUrl(this.#client, command, { expiresIn })
  }

  async #createBucket(): Promise<void> {
    try {
      await this.#client.send(new CreateBucketCommand({ Bucket: this.#bucket }))
    } catch (error) {
      const made = (error as Error).name === 'BucketAlreadyOwnedByYou' // by another process meanwhile
      if (!made) throw s3Error('CreateBucket', error)
    }
  }

  async #complete(upload: Upload, parts: StoredPart[]): Promise<void> {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` }))
    const command = { ...this.#nameOf(upload), MultipartUpload: { Parts } }
    await this.#client.send(new CompleteMultipartUploadCommand(command))
  }

  /** S3 completes no upload without parts, so the object is put instead, if the upload still exists. */
  async #completeEmpty(upload: Upload): Promise<void> {
    await this.listParts(upload)
    const empty = { Bucket: this.#bucket, Key: upload.key, Body: '', ContentLength: 0 }
    await this.#client.send(new PutObjectCommand(empty))
    await this.abortUpload(upload)
  }

  /** Signed as such: the SDK's way through a command takes 2 ms of CPU a part. */
  async #putUrl(key: string, request: Record<string, string> = {}): Promise<string> {
    const { host, hostname, origin, pathname, port, protocol } = this.#endpoint
    const { path, query } = await this.#presigner.presign(
      {
        ...{ method: 'PUT', protocol, hostname, headers: { host }, ...(port && { port: Number(port) }) },
        path: `${pathname.replace(/\/$/, '')}/${this.#bucket}/${key}`,
        query: request,
      },
      { expiresIn: URL_LIFETIME_S },
    )
    const signed = new URLSearchParams(query as Record<string, string>)
    return `${origin}${path}?${signed.toString().replaceAll('+', '%20')}`
  }

  #nameOf({ key, uploadId }: Pick<Upload, 'key' | 'uploadId'>): {
    Bucket: string
    Key: string
    UploadId: string
  } {
    return { Bucket: this.#bucket, Key: checkKey(key), UploadId: uploadId }
  }
}

async function withS3Errors<T>(operation: string, sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    throw s3Error(operation, error)
  }
}

function isNotFound(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404
}

function unquote(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1')
}

/** A field every S3 answers with. */
function required<T>(field: T | undefined): T {
  if (field === undefined) throw new StoreError('UNAVAILABLE', 'S3: an answer lacks what it must have')
  return field
}
