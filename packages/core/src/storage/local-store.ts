import { createHash, randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { access, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { FileRange } from './file-range.js'
import { openFileReader } from './file-reader.js'
import { checkKey, checkRange, checkSomeBytes } from './key.js'
import { diskError, isMissing, noSuchUpload, onDisk, syncDirectory, writeDurably } from './local-files.js'
import { LocalPart } from './local-part.js'
import { StoreError } from './object-store.js'
import type {
  ObjectReader,
  ObjectStore,
  PartWriter,
  PendingUpload,
  StoredObject,
  StoredPart,
  Upload,
} from './object-store.js'
import { PartJournal } from './part-journal.js'
import { checkPlan, partRange, wholeSet } from './part-plan.js'
import { streamPart } from './part-writer.js'

/*
 * A directory as an object store. What is where:
 *
 *   objects/<shard>/<key>     a whole object; `/` in the key is written as `%`, which no key contains,
 *                             so that `a` and `a/b` can both exist; the shard is a hash of the key
 *   uploads/<uploadId>/       an upload under way
 *     data                    a sparse file of the final size; part n lies at (n-1)*partSize
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

const DIRECTORY_MODE = 0o700
/** An unfinished `.new-` directory of this age in ms has no maker any more. */
const ABANDONED_AFTER = 60 * 60 * 1000

const UPLOAD_ID = /^[0-9a-f-]{36}$/

type Description = Pick<Upload, 'key' | 'size' | 'partSize'> & { createdAt: string }

export class LocalStore implements ObjectStore {
  readonly #objects: string
  readonly #uploads: string
  /** Part writes under way in this process, by upload and number. */
  readonly #writing = new Map<string, Promise<unknown>>()

  /** `directory` belongs to the store alone. Nothing is touched before `prepare`. */
  constructor(directory: string) {
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
    const making = join(this.#uploads, `.new-${uploadId}`)
    const description: Description = { key, size, partSize, createdAt: new Date().toISOString() }
    try {
      await mkdir(making, { mode: DIRECTORY_MODE })
      await writeDurably(join(making, 'data'), '', size)
      await writeDurably(join(making, 'parts'), '')
      await writeDurably(join(making, 'description.json'), JSON.stringify(description))
      await syncDirectory(making)
      await rename(making, this.#uploadPath(uploadId))
      await syncDirectory(this.#uploads)
    } catch (error) {
      await rm(making, { recursive: true, force: true }).catch(() => undefined) // swept later
      throw diskError(error)
    }
    return { key, uploadId, size, partSize }
  }

  async listParts(upload: Upload): Promise<StoredPart[]> {
    await this.#checkUpload(upload)
    return onDisk(() => this.#journal(upload).parts())
  }

  async listUploads(): Promise<PendingUpload[]> {
    const pending: PendingUpload[] = []
    for (const name of await onDisk(() => readdir(this.#uploads))) {
      if (name.startsWith('.')) await onDisk(() => this.#sweep(name))
      const description = UPLOAD_ID.test(name) ? await this.#describe(name) : undefined
      if (description === undefined) continue
      pending.push({ key: description.key, uploadId: name, createdAt: new Date(description.createdAt) })
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

  async openPart(upload: Upload, number: number, signal: AbortSignal): Promise<PartWriter> {
    setMaxListeners(0, signal) // a whole file's parts may share it
    const slot = `${upload.uploadId}/${number}`
    const { start, size } = partRange(upload, number)
    signal.throwIfAborted()
    for (let busy; (busy = this.#writing.get(slot)) !== undefined;) await settled(busy, signal)
    let over = (): void => undefined
    const work = new Promise<void>((resolve) => {
      over = () => {
        this.#writing.delete(slot)
        resolve()
      }
    })
    this.#writing.set(slot, work)
    try {
      const file = await this.#openData(upload, number)
      const keep = (): Promise<StoredPart> =>
        this.#keepPart(upload, { number, size, etag: randomUUID() }, file, signal)
      return new LocalPart({ file, start, size, signal, keep, over })
    } catch (error) {
      over()
      throw error
    }
  }

  pathOf({ uploadId }: Upload): string {
    return join(this.#uploadPath(uploadId), 'data')
  }

  async completeUpload(upload: Upload, parts: readonly StoredPart[]): Promise<void> {
    const object = this.#objectPath(upload.key)
    const data = this.pathOf(upload)
    try {
      await this.#checkUpload(upload)
      const recorded = new Map((await this.#journal(upload).parts()).map((part) => [part.number, part.etag]))
      for (const part of wholeSet(upload, parts)) {
        if (recorded.get(part.number) !== part.etag) {
          throw new StoreError('INCOMPLETE', `part ${part.number} is not the one that was stored`)
        }
      }
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

  /** For the bytes of a part, which from here on is not recorded any more. */
  async #openData(upload: Upload, number: number): Promise<FileHandle> {
    await this.#checkUpload(upload)
    const file = await open(this.pathOf(upload), 'r+').catch((error: unknown) => {
      throw isMissing(error) ? noSuchUpload() : diskError(error)
    })
    try {
      const journal = this.#journal(upload)
      const before = await onDisk(() => journal.parts())
      if (before.some((part) => part.number === number)) await onDisk(() => journal.drop(number))
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async #keepPart(
    upload: Upload,
    part: StoredPart,
    file: FileHandle,
    signal: AbortSignal,
  ): Promise<StoredPart> {
    await onDisk(() => file.datasync())
    signal.throwIfAborted()
    await onDisk(() => this.#journal(upload).record(part))
    return part
  }

  /** Raises `NO_SUCH_UPLOAD`, or `INVALID` where the caller's idea of the upload is not the store's. */
  async #checkUpload(upload: Upload): Promise<void> {
    const stored = await this.#describe(upload.uploadId)
    if (stored === undefined) throw noSuchUpload()
    const { key, size, partSize } = upload
    if (stored.key !== key || stored.size !== size || stored.partSize !== partSize) {
      throw new StoreError('INVALID', 'the upload was made for another key, size or part size')
    }
  }

  async #describe(uploadId: string): Promise<Description | undefined> {
    try {
      const text = await readFile(join(this.#uploadPath(uploadId), 'description.json'), 'utf8')
      return JSON.parse(text) as Description
    } catch (error) {
      if (isMissing(error)) return undefined
      throw diskError(error)
    }
  }

  async #sweep(name: string): Promise<void> {
    const path = join(this.#uploads, name)
    const made = await stat(path).catch(() => undefined)
    const abandoned = made !== undefined && made.mtimeMs < Date.now() - ABANDONED_AFTER
    if (abandoned || name.startsWith('.old-')) await rm(path, { recursive: true, force: true })
  }

  #journal({ uploadId }: Upload): PartJournal {
    return new PartJournal(join(this.#uploadPath(uploadId), 'parts'))
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

/** Waits until `work` has ended, however it ended. Raises the reason of `signal`. */
function settled(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    const go = (): void => {
      signal.removeEventListener('abort', abort)
      resolve()
    }
    work.then(go, go)
  })
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
