import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  UploadPartCopyCommand,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { randomUUID } from 'node:crypto'
import { checkSomeBytes } from '../key.js'
import { rootOf } from '../object-name.js'
import { StoreError } from '../object-store.js'
import type {
  ReadableParts,
  ObjectStore,
  PartWriter,
  PendingUpload,
  StoredPart,
  Upload,
} from '../object-store.js'
import { partRange } from '../part-plan.js'
import { s3Error } from './s3-errors.js'
import type { S3Part } from './s3-part.js'

/*
 * S3 shows nothing of a multipart upload before it is complete. So that a file can be read while it is fetched, each
 * of its parts is written as an object of its own, and copied into the upload by the S3 itself:
 *
 *   <root>arriving/<uploadId>.<key>/<part number>-<uuid>      both names in base64url
 *
 * The upload's part list stays the truth about what is stored, and the object becomes whole as any other. A part that
 * is written twice is two objects, so no copy takes another write's bytes; that needs no condition on the copy, which
 * not every S3 has. They go with the upload; what a killed process leaves behind is found by its name.
 */

const FOLDER = 'arriving/'
const DELETES_AT_ONCE = 8

type Named = Pick<Upload, 'key' | 'uploadId'>

export class StagedParts {
  readonly #client: S3Client
  readonly #bucket: string

  constructor(client: S3Client, bucket: string) {
    this.#client = client
    this.#bucket = bucket
  }

  /** newKey makes the key of the object that a write of part `number` goes to. */
  newKey(upload: Named, number: number): string {
    return `${folderOf(upload)}${number}-${randomUUID()}`
  }

  /** `open` reads an object, as ObjectStore does. */
  readable(upload: Upload, open: ObjectStore['open']): ReadableParts {
    const { length } = folderOf(upload)
    let keys: ReadonlyMap<number, string> = new Map()
    return {
      list: async () => {
        keys = new Map((await this.#keys(upload)).map((key) => [Number.parseInt(key.slice(length), 10), key]))
        return new Set(keys.keys())
      },
      open: async (start, end, signal) => {
        checkSomeBytes(start, end)
        const number = Math.floor(start / upload.partSize) + 1
        const part = partRange(upload, number)
        const key = keys.get(number)
        if (key === undefined) throw new StoreError('NO_SUCH_UPLOAD', 'the part was not listed')
        return open(key, start - part.start, Math.min(end, part.end) - part.start, signal).catch(
          goneWithUpload,
        )
      },
    }
  }

  /** A part whose bytes `part` writes to the object `key`: it is stored once it is copied. */
  writer(upload: Named, key: string, part: S3Part, signal: AbortSignal): PartWriter & Pick<S3Part, 'failed'> {
    return {
      size: part.size,
      failed: part.failed,
      write: (bytes) => part.write(bytes),
      abort: () => part.abort(),
      finish: async () => this.#copy(upload, key, await part.finish(), signal),
    }
  }

  async remove(upload: Named): Promise<void> {
    const keys = await this.#keys(upload)
    for (let at = 0; at < keys.length; at += DELETES_AT_ONCE) {
      await Promise.all(keys.slice(at, at + DELETES_AT_ONCE).map((key) => this.#delete(key)))
    }
  }

  /** Uploads below this root that are not among `live`, but have parts left here. */
  async leftovers(root: string, live: readonly Named[]): Promise<PendingUpload[]> {
    const known = new Set(live.map(folderOf))
    const found: PendingUpload[] = []
    for await (const { CommonPrefixes = [] } of this.#pages({
      Prefix: `${root}${FOLDER}`,
      Delimiter: '/',
    })) {
      for (const { Prefix = '' } of CommonPrefixes) {
        const upload = known.has(Prefix) ? undefined : uploadOf(Prefix)
        const createdAt = upload && (await this.#dateIn(Prefix))
        if (upload !== undefined && createdAt !== undefined) found.push({ ...upload, createdAt })
      }
    }
    return found
  }

  async #keys(upload: Named): Promise<string[]> {
    const keys: string[] = []
    for await (const { Contents = [] } of this.#pages({ Prefix: folderOf(upload) })) {
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []))
    }
    return keys
  }

  async #copy(
    upload: Named,
    key: string,
    { number, size }: StoredPart,
    signal: AbortSignal,
  ): Promise<StoredPart> {
    const source = { CopySource: `${this.#bucket}/${key}` }
    const target = { Bucket: this.#bucket, Key: upload.key, UploadId: upload.uploadId, PartNumber: number }
    try {
      signal.throwIfAborted()
      const command = new UploadPartCopyCommand({ ...target, ...source })
      const { CopyPartResult } = await this.#client.send(command, { abortSignal: signal })
      const etag = CopyPartResult?.ETag?.replace(/^"(.*)"$/, '$1')
      if (etag === undefined)
        throw new StoreError('UNAVAILABLE', 'S3 UploadPartCopy: an answer without an ETag')
      return { number, size, etag }
    } catch (raised) {
      if (signal.aborted) throw signal.reason
      const error = s3Error('UploadPartCopy', raised)
      if (error.kind === 'NO_SUCH_UPLOAD') await this.#delete(key).catch(() => undefined) // else it goes with the upload
      throw error
    }
  }

  async #delete(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
    } catch (raised) {
      const error = s3Error('DeleteObject', raised)
      if (error.kind !== 'NO_SUCH_OBJECT') throw error
    }
  }

  async #dateIn(folder: string): Promise<Date | undefined> {
    for await (const { Contents = [] } of this.#pages({ Prefix: folder, MaxKeys: 1 })) {
      return Contents[0]?.LastModified
    }
    return undefined
  }

  async *#pages(what: Partial<ListObjectsV2CommandInput>): AsyncGenerator<ListObjectsV2CommandOutput> {
    let page: ListObjectsV2CommandOutput | undefined
    do {
      const next = { ContinuationToken: page?.NextContinuationToken }
      const command: ListObjectsV2Command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        ...what,
        ...next,
      })
      page = await this.#client.send(command).catch((raised: unknown) => {
        throw s3Error('ListObjectsV2', raised)
      })
      yield page
    } while (page.IsTruncated === true)
  }
}

function goneWithUpload(error: unknown): never {
  const isGone = error instanceof StoreError && error.kind === 'NO_SUCH_OBJECT'
  throw isGone ? new StoreError('NO_SUCH_UPLOAD', 'the part is gone') : error
}

function folderOf({ key, uploadId }: Named): string {
  return `${rootOf(key)}${FOLDER}${Buffer.from(uploadId).toString('base64url')}.${Buffer.from(key).toString('base64url')}/`
}

/** Undefined for what is not a name of ours. */
function uploadOf(folder: string): Named | undefined {
  const [uploadId = '', key = ''] = folder
    .slice(0, -1)
    .split('/')
    .at(-1)!
    .split('.')
    .map((name) => Buffer.from(name, 'base64url').toString())
  return folderOf({ key, uploadId }) === folder ? { key, uploadId } : undefined
}
