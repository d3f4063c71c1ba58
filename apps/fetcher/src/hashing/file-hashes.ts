import { type FileHandle, open } from 'node:fs/promises'
import { type ObjectStore, type StoredPart, type Upload, partCount, partRange } from '@obb/core/storage'
import type { ContentVerifier } from '@obb/host-adapters'
import { HashCheckpoints, type HashStatePlace } from './hash-checkpoints.js'
import { type HashName, type HashThreads, type HashValues, PIECE_BYTES, hashThreads } from './hash-threads.js'
import { Lanes } from './lanes.js'
import { Spool } from './spool.js'

/*
 * The hashes of a file while its parts come in, over many connections and in any order.
 *
 * SHA-256 and MD5 know one order only, that of the file, and the bytes of later parts come while earlier ones are
 * still missing. So the hashes follow at their own pace, in their own threads, reading what has arrived from where
 * it lies: in the local store's file itself, and for an S3, whose parts cannot be read before the object is whole,
 * in a spool, which also keeps
 * what the store may have to be sent again. What was stored by an earlier worker is read from the local store again, since the state of OpenSSL's
 * hashes cannot be saved. With `states` the hashes are those that can: they cost more for every file, and go on
 * where the earlier worker's were. Out of an S3 the few parts beyond are fetched again, as they cannot be read.
 *
 * Whatever goes wrong here only means that there is no result: then the stored object is read once more.
 */

/** A segment is told to the threads when it is so long, or ends its part. */
const LEAST = 1024 * 1024
const MOST = 8 * 1024 * 1024
const READ = 1024 * 1024
/** Most that is fetched again to spare reading the object, bytes. */
const MOST_AGAIN = 1024 * 1024 * 1024
/** Segments told that are not hashed yet: the threads shall never wait for this one. */
const AHEAD = 4

export interface FileHashesTask {
  store: ObjectStore
  upload: Upload
  names: ReadonlySet<HashName>
  verifier?: ContentVerifier | undefined
  threads?: HashThreads
  /** Computes hashes that can be gone on with, and keeps their state there. */
  states?: HashStatePlace | undefined
}

export class FileHashes {
  /** By the start of a part: up to where its bytes are there. */
  private readonly ends = new Map<number, number>()
  /** at is where in the file the bytes begin that the threads are told of next; part is their part. */
  private at = 0
  private part = 1
  /** Segments that were told and are not hashed yet. */
  private asked = 0
  private idle: (() => void) | undefined
  private shown: Promise<void> = Promise.resolve()
  private over = false
  private ending = false
  /** The last state was handed on. */
  private taken: Promise<void> = Promise.resolve()

  private constructor(
    private readonly upload: Upload,
    private readonly lanes: Lanes,
    private readonly verifier: ContentVerifier | undefined,
    private readonly file: FileHandle | undefined,
    private readonly spool: Spool | undefined,
    private readonly checkpoints: HashCheckpoints | undefined,
    /** hashed is how far an earlier worker came: parts 1 to this one are hashed. */
    hashed: number,
  ) {
    this.part = hashed + 1
    this.at = this.start()
    spool?.await(this.at)
  }

  /** Undefined where what was stored before cannot be read. */
  static async open(
    task: FileHashesTask,
    stored: readonly StoredPart[] = [],
  ): Promise<FileHashes | undefined> {
    const { names, states, store, upload, verifier, threads = hashThreads() } = task
    const path = store.pathOf(upload)
    const checkpoints = states && !verifier ? new HashCheckpoints(states, upload, stored) : undefined
    const saved = stored.length > 0 ? await checkpoints?.load(names) : undefined
    if (path === undefined) checkpoints?.keepOnly(saved?.last ?? 0)
    const again = stored.filter(({ number }) => number > (saved?.last ?? 0))
    const bytes = again.reduce((sum, { size }) => sum + size, 0)
    if (path === undefined && (saved ? bytes > MOST_AGAIN : stored.length > 0)) return undefined
    try {
      const spool = path === undefined ? await Spool.open(upload.partSize) : undefined
      const file = path !== undefined && verifier ? await open(path, 'r') : undefined
      const source = path === undefined ? { fd: spool?.fd ?? -1 } : { path }
      const how = { resumable: checkpoints !== undefined, states: saved?.states }
      const lanes = new Lanes(threads, names, source, how)
      return new FileHashes(upload, lanes, verifier, file, spool, checkpoints, saved?.last ?? 0)
    } catch {
      return undefined // no room for a spool, perhaps
    }
  }

  /** Before any is fetched, those that need not be: the others were not hashed and cannot be read. */
  usable(stored: readonly StoredPart[]): readonly StoredPart[] {
    return this.spool ? stored.filter(({ number }) => number < this.part) : stored
  }

  /** Before the first byte of a part: waits while too much lies about. Raises the signal's reason. */
  async reserve(number: number, signal: AbortSignal): Promise<void> {
    if (!this.over) await this.spool?.take(partRange(this.upload, number).start, signal)
  }

  /** Bytes of a part, on their way into the store; they may be used again once it resolves. */
  async write(number: number, at: number, bytes: Buffer): Promise<void> {
    if (this.over || !this.spool) return
    const { start } = partRange(this.upload, number)
    await this.spool.write(start, at - start, bytes).catch(() => this.giveUp())
  }

  /** The bytes of a part are there up to `end`. */
  recordFilled(number: number, end: number): void {
    if (this.over || number < this.part) return
    this.ends.set(partRange(this.upload, number).start, end)
    this.follow()
  }

  /** A part is stored, with all that was told of it. */
  recordStored(part: StoredPart): void {
    if (this.over) return
    this.checkpoints?.recordStored(part)
    this.spool?.release(partRange(this.upload, part.number).start)
  }

  /** Whether the bytes of a part that is not stored yet lie here. */
  keeps(number: number): boolean {
    return !this.over && (this.spool?.has(partRange(this.upload, number).start) ?? false)
  }

  /** Fills `bytes` from `offset` of such a part. False if they are not here any more. */
  async readBack(number: number, offset: number, bytes: Buffer): Promise<boolean> {
    if (!this.keeps(number)) return false
    await this.spool?.read(partRange(this.upload, number).start, offset, bytes).catch(() => this.giveUp())
    return !this.over
  }

  /** Bytes of a part turned out to be none: it will come again. */
  discard(number: number): void {
    const { start } = partRange(this.upload, number)
    if (number < this.part || (number === this.part && this.ends.has(start))) return this.giveUp()
    if (this.ends.delete(start)) this.spool?.drop(start)
  }

  /** Once all parts are there. Undefined if it did not come to a result. */
  async result(): Promise<HashValues | undefined> {
    await this.waitUntilIdle()
    if (this.over || this.at < this.upload.size) return undefined
    const values = await this.lanes.digests().catch(() => undefined)
    await this.close()
    return values
  }

  /** close saves what is hashed by then. */
  async close(): Promise<void> {
    this.ending = true
    await this.waitUntilIdle()
    await this.taken
    if (!this.over && this.at < this.upload.size) await this.checkpoints?.end()
    if (!this.over) this.giveUp()
    await Promise.allSettled([this.file?.close(), this.spool?.close()])
  }

  private giveUp(): void {
    this.over = true
    this.lanes.end()
    this.spool?.abandon()
  }

  private start(): number {
    return this.part > partCount(this.upload) ? this.upload.size : partRange(this.upload, this.part).start
  }

  private follow(): void {
    while (!this.over && !this.ending && this.asked < AHEAD && this.part <= partCount(this.upload)) {
      const { start, end } = partRange(this.upload, this.part)
      const there = this.ends.get(start) ?? start
      const ready = Math.min(there - this.at, MOST)
      if (ready === 0 || (ready < LEAST && there < end)) return
      const position = this.spool ? this.spool.position(start) + this.at - start : this.at
      this.at += ready
      const isLast = this.at === end
      if (isLast) {
        this.ends.delete(start)
        this.part++
      }
      this.asked++
      const saves = isLast && this.part <= partCount(this.upload) && this.at % PIECE_BYTES === 0
      const hashing = this.hash(position, ready)
      if (saves && this.checkpoints) this.take(this.checkpoints, this.part - 1)
      void hashing.then((hashed) => {
        this.asked--
        if (!hashed) this.giveUp()
        else if (isLast) {
          this.spool?.release(start)
          this.spool?.await(this.start())
        }
        this.follow()
        if (this.asked === 0) this.idle?.()
      })
    }
  }

  /** The state after part `last`, where a piece ends too, whose own hash cannot be saved. */
  private take(checkpoints: HashCheckpoints, last: number): void {
    const taken = this.lanes.save().then((states) => checkpoints.offer(last, states))
    this.taken = taken.catch(() => undefined) // the threads have given it up
  }

  private async hash(position: number, length: number): Promise<boolean> {
    this.shown = this.shown.then(() => this.show(position, length))
    const outcomes = await Promise.allSettled([this.lanes.segment(position, length), this.shown])
    return outcomes.every(({ status }) => status === 'fulfilled')
  }

  /** Once nothing that was told is still being read. */
  private async waitUntilIdle(): Promise<void> {
    while (this.asked > 0) await new Promise<void>((resolve) => (this.idle = resolve))
  }

  private async show(position: number, length: number): Promise<void> {
    if (!this.verifier) return
    const fd = this.spool?.handle ?? this.file
    const buffer = Buffer.allocUnsafe(Math.min(READ, length))
    for (let done = 0; done < length;) {
      const count = Math.min(buffer.length, length - done)
      const { bytesRead = 0 } = (await fd?.read(buffer, 0, count, position + done)) ?? {}
      if (bytesRead === 0) throw new Error('the file is shorter than it was')
      this.verifier.update(buffer.subarray(0, bytesRead))
      done += bytesRead
    }
  }
}
