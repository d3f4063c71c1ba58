import { webcrypto } from 'node:crypto'
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import { within } from '@obb/core/deadline'
import { PIECE_BYTES, PIECE_DIGEST_BYTES } from '@obb/core/files'
import type { Download, Downloads } from '@obb/core/links'
import { type ObjectStore, StoreError } from '@obb/core/storage'
import { describe, unavailable } from '../http/failures.js'
import type { ReadyFile } from '../links/served-file.js'
import { DOWNLOADS, LOG, OBJECT_STORE, TIMING, type Log, type Timing } from '../ports.js'
import { Pump } from './pump.js'

/** Files at most whose pieces a process hashes at once: each takes a thread and reads as fast as the store gives. */
const MOST = 2

/** Pieces are those of a stored file, whose hashes are known or can be computed. */
export interface Pieces {
  count: number
  /** Their SHA-256, as many at a time as there are by then. Raises StoreError for an object that cannot be read. */
  digests(): Promise<Iterable<Buffer> | AsyncIterable<Buffer>>
}

/**
 * The SHA-256 of each piece of a stored file. Few clients ask for them and they cost as much as that of the whole
 * file, so they are computed for whoever asks first, off the loop, and kept with the file. The work goes on when that
 * client leaves: however often it asks and leaves, a file is read once.
 */
@Injectable()
export class PieceHashes implements OnModuleDestroy {
  private readonly running = new Map<string, Hashing>()
  private readonly ending = new AbortController()

  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(TIMING) private readonly timing: Timing,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Undefined for a file without bytes, and while those of others are computed. */
  async find(download: Download, file: ReadyFile): Promise<Pieces | undefined> {
    if (file.size === 0) return undefined
    const found = within(this.timing.lookup, this.downloads.pieces(download), 'pieces')
    const known = await found.catch(unavailable)
    if (known !== undefined) {
      return { count: known.length / PIECE_DIGEST_BYTES, digests: async () => [known] }
    }
    const id = `${download.fileId}/${download.generation}`
    if (!this.running.has(id) && this.running.size >= MOST) return undefined
    return { count: pieceCount(file.size), digests: () => this.compute(id, download, file) }
  }

  onModuleDestroy(): void {
    this.ending.abort(new StoreError('UNAVAILABLE', 'the proxy ends'))
  }

  private async compute(id: string, download: Download, file: ReadyFile): Promise<AsyncIterable<Buffer>> {
    const hashing = this.running.get(id) ?? this.begin(id, download, file)
    await hashing.opened
    return hashing.read()
  }

  private begin(id: string, download: Download, { objectKey: key, size }: ReadyFile): Hashing {
    const { store, timing } = this
    const { signal } = this.ending
    const segments = [{ start: 0, end: size }]
    const hashing = new Hashing(Pump.open({ store, timing, key, segments, signal }), size)
    this.running.set(id, hashing)
    const kept = hashing.whole.then((digests) => this.downloads.keepPieces(download, digests))
    const failed = (error: unknown): void => {
      if (!signal.aborted)
        this.log.warn({ file: download.fileId, reason: describe(error) }, 'pieces not hashed')
    }
    void kept.catch(failed).finally(() => this.running.delete(id))
    return hashing
  }
}

const pieceCount = (size: number): number => Math.ceil(size / PIECE_BYTES)

/** The pieces of one file while they are hashed, for all who wait for them. */
class Hashing {
  /** Resolves once the object can be read. Rejects with StoreError. */
  readonly opened: Promise<void>
  /** All digests. */
  readonly whole: Promise<Buffer>
  private readonly digests: Buffer
  private readonly piece = Buffer.allocUnsafe(PIECE_BYTES)
  /** Bytes of `piece` and of `digests` that are there. */
  private filled = 0
  private ready = 0
  private failure: { reason: unknown } | undefined
  private waiting: (() => void)[] = []

  constructor(pump: Promise<Pump>, size: number) {
    this.digests = Buffer.alloc(pieceCount(size) * PIECE_DIGEST_BYTES)
    this.opened = pump.then(() => undefined)
    this.whole = pump.then((opened) => opened.run(this)).then(() => this.digests)
    this.whole.catch((reason: unknown) => {
      this.failure = { reason }
      this.wake()
    })
  }

  /** From the first on, as they come. Raises what ended the reading early. */
  async *read(): AsyncGenerator<Buffer> {
    for (let from = 0; from < this.digests.length;) {
      while (this.ready === from && !this.failure) {
        await new Promise<void>((resolve) => void this.waiting.push(resolve))
      }
      if (this.ready === from) throw this.failure?.reason
      const to = this.ready
      yield this.digests.subarray(from, to)
      from = to
    }
  }

  write(bytes: Uint8Array, done: (error?: Error) => void): void {
    this.add(bytes).then(() => done(), done)
  }

  end(bytes: Uint8Array, done: (error?: Error) => void): void {
    this.add(bytes)
      .then(() => (this.filled > 0 ? this.close() : undefined))
      .then(() => done(), done)
  }

  private async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(PIECE_BYTES - this.filled, bytes.length - at)
      this.piece.set(bytes.subarray(at, at + count), this.filled)
      this.filled += count
      at += count
      if (this.filled === PIECE_BYTES) await this.close()
    }
  }

  /** In a thread of Node's pool. */
  private async close(): Promise<void> {
    const digest = await webcrypto.subtle.digest('SHA-256', this.piece.subarray(0, this.filled))
    this.digests.set(new Uint8Array(digest), this.ready)
    this.ready += PIECE_DIGEST_BYTES
    this.filled = 0
    this.wake()
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake()
  }
}
