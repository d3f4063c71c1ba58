import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { diskError } from './local-files.js'
import { StoreError } from './object-store.js'

/** Bytes gathered while the disk is busy; they go down in one writev. */
const GATHERED = 1024 * 1024

type Done = (error?: Error | null) => void

/**
 * Writes exactly `size` bytes at `start` of an open file and not one byte beyond them. Ends in
 * `PART_SIZE` for another number of bytes, else in what the disk says. The file stays open.
 */
export class PartSink extends Writable {
  readonly #file: FileHandle
  readonly #start: number
  readonly #size: number
  #taken = 0

  constructor(file: FileHandle, start: number, size: number) {
    super({ highWaterMark: GATHERED, decodeStrings: true })
    this.#file = file
    this.#start = start
    this.#size = size
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#take([chunk]).then(() => done(), done)
  }

  override _writev(gathered: { chunk: Buffer }[], done: Done): void {
    this.#take(gathered.map(({ chunk }) => chunk)).then(() => done(), done)
  }

  override _final(done: Done): void {
    done(this.#taken === this.#size ? null : wrongSize('early', this.#size))
  }

  async #take(chunks: Buffer[]): Promise<void> {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (this.#taken + length > this.#size) throw wrongSize('late', this.#size)
    const position = this.#start + this.#taken
    this.#taken += length
    try {
      const { bytesWritten } = await this.#file.writev(chunks, position)
      if (bytesWritten < length) await this.#rest(Buffer.concat(chunks), bytesWritten, position)
    } catch (error) {
      throw diskError(error)
    }
  }

  /** A disk about to be full, or more chunks than one writev takes, writes only some of them. */
  async #rest(bytes: Buffer, written: number, position: number): Promise<void> {
    while (written < bytes.length) {
      const left = bytes.length - written
      written += (await this.#file.write(bytes, written, left, position + written)).bytesWritten
    }
  }
}

/** The error of a part whose body ended too early or too late. */
export function wrongSize(when: 'early' | 'late', size: number): StoreError {
  return new StoreError('PART_SIZE', `the body of a part of ${size} bytes ended too ${when}`)
}
