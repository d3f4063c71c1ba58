import { EventEmitter, once } from 'node:events'
import type { Readable } from 'node:stream'
import type {
  ReadableParts,
  ObjectPage,
  ObjectPlace,
  ObjectReader,
  ObjectStore,
  PartWriter,
  PendingUpload,
  ServedAs,
  StoredObject,
  StoredPart,
  Upload,
} from '@obb/core/storage'

/** A store that counts what is read from it and fails on demand. */
export class WatchedStore implements ObjectStore {
  openReaders = 0
  /** Ranges asked for, in order. */
  readonly reads: string[] = []
  /** Bytes handed out. */
  delivered = 0
  /** Raised instead of serving. */
  failure: Error | undefined
  /** Each entry breaks one reader after that many bytes. */
  readonly breaks: number[] = []
  /** `read` and `ping` never answer. */
  hung = false
  private readonly events = new EventEmitter().setMaxListeners(100)

  openPart(upload: Upload, number: number, signal: AbortSignal): Promise<PartWriter> {
    return this.inner.openPart(upload, number, signal)
  }

  pathOf(upload: Upload): string | undefined {
    return this.inner.pathOf(upload)
  }

  readableParts(upload: Upload): ReadableParts | undefined {
    return this.inner.readableParts(upload)
  }

  constructor(private readonly inner: ObjectStore) {}

  /** Resolves when no reader is open. */
  async idle(): Promise<void> {
    while (this.openReaders > 0) await once(this.events, 'closed')
  }

  /** Resolves when a reader is open. */
  async busy(): Promise<void> {
    while (this.openReaders === 0) await once(this.events, 'opened')
  }

  async open(key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    this.reads.push(`${start}-${end}`)
    if (this.hung) return new Promise(() => undefined)
    if (this.failure !== undefined) throw this.failure
    const source = await this.inner.open(key, start, end, signal)
    const limit = this.breaks.shift() ?? Infinity
    let given = 0
    let isOpen = true
    const close = (): void => {
      source.close()
      if (!isOpen) return
      isOpen = false
      this.openReaders -= 1
      this.events.emit('closed')
    }
    this.openReaders += 1
    this.events.emit('opened')
    return {
      close,
      read: async () => {
        if (given >= limit) throw new Error('the store broke')
        const bytes = (await source.read())?.subarray(0, limit - given)
        if (bytes === undefined) close()
        given += bytes?.length ?? 0
        this.delivered += bytes?.length ?? 0
        return bytes?.length === 0 ? undefined : bytes
      },
    }
  }

  read(key: string, start: number, end: number, signal?: AbortSignal): Promise<Readable> {
    return this.inner.read(key, start, end, signal)
  }

  async head(key: string): Promise<StoredObject | undefined> {
    if (this.failure !== undefined) throw this.failure
    return this.inner.head(key)
  }

  async ping(): Promise<void> {
    if (this.hung) return new Promise(() => undefined)
    if (this.failure !== undefined) throw this.failure
    return this.inner.ping()
  }

  locate(key: string, as: ServedAs, goodForMs: number): Promise<ObjectPlace> {
    return this.inner.locate(key, as, goodForMs)
  }

  prepare(): Promise<void> {
    return this.inner.prepare()
  }

  createUpload(key: string, size: number, partSize: number): Promise<Upload> {
    return this.inner.createUpload(key, size, partSize)
  }

  listParts(upload: Upload): Promise<StoredPart[]> {
    return this.inner.listParts(upload)
  }

  listUploads(prefix?: string): Promise<PendingUpload[]> {
    return this.inner.listUploads(prefix)
  }

  listObjects(prefix: string, from?: string): Promise<ObjectPage> {
    return this.inner.listObjects(prefix, from)
  }

  room(): Promise<number | undefined> {
    return this.inner.room()
  }

  put(key: string, content: Buffer): Promise<void> {
    return this.inner.put(key, content)
  }

  putPart(upload: Upload, number: number, body: Readable, signal: AbortSignal): Promise<StoredPart> {
    return this.inner.putPart(upload, number, body, signal)
  }

  completeUpload(upload: Upload, parts: readonly StoredPart[]): Promise<void> {
    return this.inner.completeUpload(upload, parts)
  }

  abortUpload(upload: Pick<Upload, 'key' | 'uploadId'>): Promise<void> {
    return this.inner.abortUpload(upload)
  }

  delete(key: string): Promise<void> {
    return this.inner.delete(key)
  }

  close(): Promise<void> {
    return this.inner.close()
  }
}
