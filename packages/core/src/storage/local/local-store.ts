import { createHash, randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { constants } from 'node:fs'
import { access, mkdir, open, readdir, rename, rm, stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { FileRange } from './file-range.js'
import { openFileReader } from './file-reader.js'
import { checkKey, checkRange, checkSomeBytes } from '../key.js'
import { diskError, isMissing, noSuchUpload, onDisk, syncDirectory } from './local-files.js'
import type { LocalPart } from './local-part.js'
import { DIRECTORY_MODE, LocalUpload } from './local-upload.js'
import { StoreError } from '../object-store.js'
import { storeFailure } from '../store-failure.js'
import type {
  ReadableParts,
  ObjectPage,
  ObjectReader,
  ObjectStore,
  PendingUpload,
  StoredObject,
  StoredPart,
  Upload,
} from '../object-store.js'
import { checkPlan, partRange, wholeSet } from '../part-plan.js'
import { streamPart } from '../part-writer.js'

/*
 * A directory as an object store. What is where:
 *
 *   objects/<shard>/<key>     a whole object; `/` in the key is written as `%`, which no key contains,
 *                             so that `a` and `a/b` can both exist; the shard is a hash of the key
 *   uploads/<uploadId>/       an upload under way
 *     data                    a sparse file of the planned size; part n lies at (n-1)*partSize
 *     description.json        key, size, partSize, createdAt
 *     parts                   the journal: which parts are durable
 *   uploads/.new-<uploadId>   an upload being made   } leftovers of a crash are removed
 *   uploads/.old-<uploadId>   an upload being removed} by the next listUploads
 *
 * Every step that others can see is one rename, so there is no half of anything. A crash loses at most
 * the parts that were being written: bytes are synced, then the journal line, in this order. A crash
 * after the rename of `data` into place leaves an upload without data; completing it again only cleans up.
 *
 * Writes of one part by one process take turns. Two processes that write the same part at once must
 * write the same bytes, which is so when both fetch the same generation of a file.
 */

/** Uploads whose journals are remembered; of others they are read again. */
const MOST_KNOWN = 256
/** An unfinished `.new-` directory of this age in ms has no maker any more. */
const ABANDONED_AFTER = 60 * 60 * 1000

/** The reserve is no more than this share of the disk: a small one would be full from the first. */
const MOST_RESERVED = 0.05

const UPLOAD_ID = /^[0-9a-f-]{36}$/

export class LocalStore implements ObjectStore {
  readonly #directory: string
  readonly #objects: string
  readonly #uploads: string
  readonly #reserve: number
  /** The uploads that this process has to do with, by id. */
  readonly #underWay = new Map<string, LocalUpload>()

  /**
   * `directory` belongs to the store alone. Nothing is touched before `prepare`. `reserve`: bytes of its disk that stay
   * free, for what else lives there; a twentieth of the disk where that is less.
   */
  constructor(directory: string, reserve = 0) {
    this.#directory = directory
    this.#reserve = reserve
    this.#objects = join(directory, 'objects')
    this.#uploads = join(directory, 'uploads')
  }

  async prepare(): Promise<void> {
    await onDisk(async () => {
      await mkdir(this.#objects, { recursive: true, mode: DIRECTORY_MODE })
      await mkdir(this.#uploads, { recursive: true, mode: DIRECTORY_MODE })
    })
  }

  async createUpload(key: string, size: number, partSize: number): Promise<Upload> {
    checkKey(key)
    checkPlan({ size, partSize })
    const uploadId = randomUUID()
    const description = { key, size, partSize, createdAt: new Date().toISOString() }
    await LocalUpload.make(join(this.#uploads, `.new-${uploadId}`), this.#uploadPath(uploadId), description)
    return { key, uploadId, size, partSize }
  }

  async listParts(upload: Upload): Promise<StoredPart[]> {
    return (await this.#uploadOf(upload)).parts()
  }

  async room(): Promise<number> {
    const { bavail, blocks, bsize } = await onDisk(() => statfs(this.#objects))
    return Math.floor(bavail * bsize - Math.min(this.#reserve, blocks * bsize * MOST_RESERVED))
  }

  async put(key: string, content: Buffer): Promise<void> {
    const object = this.#objectPath(key)
    await this.#assertRoom(content.length)
    const making = join(this.#uploads, `.new-${randomUUID()}`)
    await onDisk(async () => {
      await mkdir(dirname(object), { recursive: true, mode: DIRECTORY_MODE })
      try {
        const file = await open(making, 'wx', 0o600)
        await file
          .writeFile(content)
          .then(() => file.sync())
          .finally(() => file.close())
        await rename(making, object)
      } catch (error) {
        await rm(making, { force: true }).catch(() => undefined) // swept later
        throw error
      }
      await syncDirectory(dirname(object))
    })
  }

  /** A shard at a time. */
  async listObjects(prefix: string, from?: string): Promise<ObjectPage> {
    const shards = (await onDisk(() => readdir(this.#objects))).sort()
    const shard = shards.find((name) => from === undefined || name >= from)
    if (shard === undefined) return { objects: [], next: undefined }
    const objects = []
    for (const name of await onDisk(() => readdir(join(this.#objects, shard)))) {
      const key = name.replaceAll('%', '/')
      const object = key.startsWith(prefix) ? await this.head(key) : undefined // it may be gone by now
      if (object) objects.push({ key, size: object.size, lastModified: object.lastModified })
    }
    return { objects, next: shards[shards.indexOf(shard) + 1] }
  }

  async listUploads(prefix = ''): Promise<PendingUpload[]> {
    const pending: PendingUpload[] = []
    for (const name of await onDisk(() => readdir(this.#uploads))) {
      if (name.startsWith('.')) await onDisk(() => this.#sweep(name))
      const upload = UPLOAD_ID.test(name) ? await LocalUpload.find(this.#uploadPath(name)) : undefined
      if (upload === undefined) continue
      const { key, createdAt } = upload.description
      if (!key.startsWith(prefix)) continue
      pending.push({ key, uploadId: name, createdAt: new Date(createdAt) })
    }
    return pending
  }

  async putPart(upload: Upload, number: number, body: Readable, signal: AbortSignal): Promise<StoredPart> {
    body.on('error', () => undefined) // it may fail before anybody listens, who then finds it
    const { promise: aborted, forget } = rejection(signal)
    try {
      return await streamPart(await this.openPart(upload, number, signal), body, aborted)
    } catch (error) {
      body.destroy()
      throw signal.aborted ? signal.reason : error
    } finally {
      forget()
    }
  }

  async openPart(upload: Upload, number: number, signal: AbortSignal): Promise<LocalPart> {
    setMaxListeners(0, signal) // a whole file's parts may share it
    signal.throwIfAborted()
    const known = await this.#uploadOf(upload)
    await this.#assertRoom(partRange(upload, number).size)
    return known.openPart(upload, number, signal)
  }

  pathOf({ uploadId }: Upload): string {
    return join(this.#uploadPath(uploadId), 'data')
  }

  readableParts(upload: Upload): ReadableParts {
    return {
      list: async () => new Set((await this.listParts(upload)).map(({ number }) => number)),
      open: async (start, end) => {
        checkSomeBytes(start, end)
        return openFileReader(this.pathOf(upload), start, end).catch((error: unknown) => {
          throw isMissing(error) ? noSuchUpload() : diskError(error)
        })
      },
    }
  }

  async completeUpload(upload: Upload, parts: readonly StoredPart[]): Promise<void> {
    const object = this.#objectPath(upload.key)
    const data = this.pathOf(upload)
    try {
      const known = await this.#uploadOf(upload)
      const recorded = new Map((await known.parts()).map((part) => [part.number, part.etag]))
      for (const part of wholeSet(upload, parts)) {
        if (recorded.get(part.number) !== part.etag) {
          throw new StoreError('INCOMPLETE', `part ${part.number} is not the one that was stored`)
        }
      }
      await known.shorten(upload.size)
      await mkdir(dirname(object), { recursive: true, mode: DIRECTORY_MODE })
      await rename(data, object)
      await syncDirectory(dirname(object))
      await syncDirectory(this.#objects)
    } catch (error) {
      const gone = isMissing(error) || (error instanceof StoreError && error.kind === 'NO_SUCH_UPLOAD')
      if (!gone) throw diskError(error)
      if ((await this.head(upload.key))?.size !== upload.size) throw noSuchUpload()
    }
    await this.abortUpload(upload)
  }

  async abortUpload({ uploadId }: Pick<Upload, 'key' | 'uploadId'>): Promise<void> {
    if (!UPLOAD_ID.test(uploadId)) return
    this.#underWay.delete(uploadId)
    const removing = join(this.#uploads, `.old-${uploadId}`)
    await onDisk(async () => {
      try {
        await rename(this.#uploadPath(uploadId), removing)
      } catch (error) {
        if (!isMissing(error)) throw error
      }
      await rm(removing, { recursive: true, force: true })
    })
  }

  async head(key: string): Promise<StoredObject | undefined> {
    try {
      const { size, ino, mtime, mtimeMs } = await stat(this.#objectPath(key))
      const etag = [size, Math.trunc(mtimeMs), ino].map((part) => part.toString(16)).join('-')
      return { size, etag, lastModified: mtime }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw diskError(error)
    }
  }

  async read(key: string, start: number, end: number, signal?: AbortSignal): Promise<Readable> {
    checkRange(start, end)
    signal?.throwIfAborted()
    const file = await open(this.#objectPath(key), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new StoreError('NO_SUCH_OBJECT', 'no such object') : diskError(error)
    })
    const stream = new FileRange(file, start, end)
    try {
      const { size } = await file.stat()
      if (end > size) throw new StoreError('INVALID', `range ends at ${end} of ${size} bytes`)
    } catch (error) {
      stream.destroy()
      throw diskError(error)
    }
    return signal === undefined ? stream : addAbortSignal(signal, stream)
  }

  async open(key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    checkSomeBytes(start, end)
    signal?.throwIfAborted()
    const reader = await openFileReader(this.#objectPath(key), start, end).catch((error: unknown) => {
      throw isMissing(error) ? new StoreError('NO_SUCH_OBJECT', 'no such object') : diskError(error)
    })
    if (signal?.aborted === true) reader.close()
    signal?.throwIfAborted()
    return reader
  }

  async locate(key: string): Promise<{ path: string }> {
    return { path: relative(this.#directory, this.#objectPath(key)) }
  }

  async delete(key: string): Promise<void> {
    await unlink(this.#objectPath(key)).catch((error: unknown) => {
      if (!isMissing(error)) throw diskError(error)
    })
  }

  async ping(): Promise<void> {
    await onDisk(async () => {
      await access(this.#objects, constants.R_OK | constants.W_OK | constants.X_OK)
      await access(this.#uploads, constants.R_OK | constants.W_OK | constants.X_OK)
    })
  }

  async close(): Promise<void> {}

  /** Raises `FULL` where so many bytes would go into the reserve. */
  async #assertRoom(bytes: number): Promise<void> {
    if (bytes > (await this.room())) throw storeFailure('FULL', 'local store: only the reserve is left')
  }

  /** Raises `NO_SUCH_UPLOAD`, or `INVALID` where the caller's idea of the upload is not the store's. */
  async #uploadOf(upload: Upload): Promise<LocalUpload> {
    const { uploadId } = upload
    const known = this.#underWay.get(uploadId) ?? (await LocalUpload.find(this.#uploadPath(uploadId)))
    if (known === undefined) throw noSuchUpload()
    known.check(upload)
    return this.#remember(uploadId, known)
  }

  /** Several may have found it at the same time: the first one's stays. */
  #remember(uploadId: string, found: LocalUpload): LocalUpload {
    const first = this.#underWay.get(uploadId)
    if (first) return first
    for (const [id, { isBusy }] of this.#underWay) {
      if (this.#underWay.size < MOST_KNOWN) break
      if (!isBusy) this.#underWay.delete(id)
    }
    this.#underWay.set(uploadId, found)
    return found
  }

  async #sweep(name: string): Promise<void> {
    const path = join(this.#uploads, name)
    const made = await stat(path).catch(() => undefined)
    const abandoned = made !== undefined && made.mtimeMs < Date.now() - ABANDONED_AFTER
    if (abandoned || name.startsWith('.old-')) await rm(path, { recursive: true, force: true })
  }

  #uploadPath(uploadId: string): string {
    if (!UPLOAD_ID.test(uploadId)) throw noSuchUpload() // an id of another store, perhaps
    return join(this.#uploads, uploadId)
  }

  #objectPath(key: string): string {
    const shard = createHash('sha256').update(checkKey(key)).digest('hex').slice(0, 2)
    return join(this.#objects, shard, key.replaceAll('/', '%'))
  }
}

/** The signal's reason as a rejection, until it is forgotten. */
function rejection(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let abort = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
  })
  promise.catch(() => undefined) // whoever waits for it finds it
  return { promise, forget: () => signal.removeEventListener('abort', abort) }
}
