import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Checkpoint } from './checkpoint.js'
import { diskError, isMissing, noSuchUpload, onDisk, syncDirectory, writeDurably } from './local-files.js'
import { LocalPart } from './local-part.js'
import { StoreError, type StoredPart, type Upload } from '../object-store.js'
import { PartJournal } from './part-journal.js'
import { partRange } from '../part-plan.js'

export const DIRECTORY_MODE = 0o700

export type Description = Pick<Upload, 'key' | 'size' | 'partSize'> & { createdAt: string }

/**
 * An upload of a local store while it is under way, as one process sees it. Everything but the description may
 * have been changed by another process, and is asked for each time.
 */
export class LocalUpload {
  private readonly journal: PartJournal
  private readonly checkpoint: Checkpoint
  /** Parts that are being written here, by number. */
  private readonly writing = new Map<number, Promise<void>>()

  private constructor(
    private readonly directory: string,
    readonly description: Description,
  ) {
    this.journal = new PartJournal(join(directory, 'parts'))
    this.checkpoint = new Checkpoint(this.journal)
  }

  /** Made beside its place and moved there whole. `making` and `directory` are in the same directory. */
  static async make(making: string, directory: string, description: Description): Promise<void> {
    try {
      await mkdir(making, { mode: DIRECTORY_MODE })
      await writeDurably(join(making, 'data'), '', description.size)
      await writeDurably(join(making, 'parts'), '')
      await writeDurably(join(making, 'description.json'), JSON.stringify(description))
      await syncDirectory(making)
      await rename(making, directory)
      await syncDirectory(dirname(directory))
    } catch (error) {
      await rm(making, { recursive: true, force: true }).catch(() => undefined) // swept later
      throw diskError(error)
    }
  }

  /** Undefined if there is none. */
  static async find(directory: string): Promise<LocalUpload | undefined> {
    try {
      const text = await readFile(join(directory, 'description.json'), 'utf8')
      return new LocalUpload(directory, JSON.parse(text) as Description)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw diskError(error)
    }
  }

  get isBusy(): boolean {
    return this.writing.size > 0
  }

  /** Path of the file that the bytes lie in. */
  get path(): string {
    return join(this.directory, 'data')
  }

  /** Raises `INVALID` where the caller's idea of the upload is not the store's, or no shorter one. */
  check({ key, size, partSize }: Upload): void {
    const { description: told } = this
    if (told.key !== key || told.size < size || told.partSize !== partSize) {
      throw new StoreError('INVALID', 'the upload was made for another key, size or part size')
    }
  }

  /** Cuts off what the object does not have. */
  async shorten(size: number): Promise<void> {
    if (size === this.description.size) return
    const file = await open(this.path, 'r+')
    try {
      await file.truncate(size)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** In order. Raises `NO_SUCH_UPLOAD`. */
  parts(): Promise<StoredPart[]> {
    return onDisk(() => this.journal.parts())
  }

  /** Once nobody else here writes it. Raises as `openPart` of the store. */
  async openPart(upload: Upload, number: number, signal: AbortSignal): Promise<LocalPart> {
    const { start, size } = partRange(upload, number)
    signal.throwIfAborted()
    for (let busy; (busy = this.writing.get(number)) !== undefined;) await waitUntilSettled(busy, signal)
    let over = (): void => undefined
    const work = new Promise<void>((resolve) => {
      over = () => {
        this.writing.delete(number)
        resolve()
      }
    })
    this.writing.set(number, work)
    try {
      const { era } = this.checkpoint
      const file = await this.openData(number)
      const keep = async (): Promise<StoredPart> => {
        const part = { number, size, etag: randomUUID() }
        await this.checkpoint.keep(part, file, era, signal)
        return part
      }
      return new LocalPart({ file, start, size, signal, keep, over })
    } catch (error) {
      over()
      throw error
    }
  }

  /** For the bytes of a part, which from here on is not recorded any more. */
  private async openData(number: number) {
    const file = await open(this.path, 'r+').catch((error: unknown) => {
      throw isMissing(error) ? noSuchUpload() : diskError(error)
    })
    try {
      await onDisk(async () => {
        if (await this.journal.has(number)) await this.journal.drop(number)
      })
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }
}

/** Waits until `work` has ended, however it ended. Raises the reason of `signal`. */
function waitUntilSettled(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
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
