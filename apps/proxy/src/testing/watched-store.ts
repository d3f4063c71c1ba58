import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import type { ObjectStore, PendingUpload, StoredObject, StoredPart, Upload } from '@obb/core/storage'

/** A store that counts what is read from it and fails on demand. */
export class WatchedStore implements ObjectStore {
  openStreams = 0
  /** Ranges asked for, in order. */
  readonly reads: string[] = []
  /** Bytes handed out. */
  delivered = 0
  /** Raised instead of serving. */
  failure: Error | undefined
  /** Each entry breaks one stream after that many bytes. */
  readonly breaks: number[] = []
  /** `read` and `ping` never answer. */
  hung = false
  private readonly events = new EventEmitter().setMaxListeners(100)

  constructor(private readonly inner: ObjectStore) {}

  /** Resolves when no stream is open. */
  async idle(): Promise<void> {
    while (this.openStreams > 0) await once(this.events, 'closed')
  }

  /** Resolves when a stream is open. */
  async busy(): Promise<void> {
    while (this.openStreams === 0) await once(this.events, 'opened')
  }

  async read(key: string, start: number, end: number, signal?: AbortSignal): Promise<Readable> {
    this.reads.push(`${start}-${end}`)
    if (this.hung) return new Promise(() => undefined)
    if (this.failure !== undefined) throw this.failure
    const source = await this.inner.read(key, start, end, signal)
    const limit = this.breaks.shift()
    const stream = Readable.from(this.watched(source, limit), { objectMode: false, highWaterMark: 1 })
    this.openStreams += 1
    this.events.emit('opened')
    stream.once('close', () => {
      source.destroy()
      this.openStreams -= 1
      this.events.emit('closed')
    })
    return stream
  }

  private async *watched(source: Readable, limit = Infinity): AsyncGenerator<Buffer> {
    let given = 0
    for await (const whole of source) {
      const chunk = (whole as Buffer).subarray(0, limit - given)
      given += chunk.length
      this.delivered += chunk.length
      yield chunk
      if (given >= limit) throw new Error('the store broke')
    }
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

  prepare(): Promise<void> {
    return this.inner.prepare()
  }

  createUpload(key: string, size: number, partSize: number): Promise<Upload> {
    return this.inner.createUpload(key, size, partSize)
  }

  listParts(upload: Upload): Promise<StoredPart[]> {
    return this.inner.listParts(upload)
  }

  listUploads(): Promise<PendingUpload[]> {
    return this.inner.listUploads()
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
