import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { diskError } from './local-files.js'
import { StoreError } from '../object-store.js'

/** Bytes per read: the cost in Node is per chunk, not per byte. */
const CHUNK = 512 * 1024

/** The bytes [start, end) of an open file, which it closes at the end. A file that is shorter is an error. */
export class FileRange extends Readable {
  readonly #file: FileHandle
  readonly #end: number
  #position: number

  constructor(file: FileHandle, start: number, end: number) {
    super({ highWaterMark: CHUNK })
    this.#file = file
    this.#position = start
    this.#end = end
  }

  override _read(): void {
    const wanted = Math.min(CHUNK, this.#end - this.#position)
    if (wanted === 0) {
      this.push(null)
      return
    }
    this.#file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, this.#position).then(
      ({ bytesRead, buffer }) => {
        if (bytesRead === 0) {
          this.destroy(new StoreError('UNAVAILABLE', 'local store: object is shorter than it was'))
          return
        }
        this.#position += bytesRead
        this.push(buffer.subarray(0, bytesRead))
      },
      (error: unknown) => this.destroy(diskError(error)),
    )
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.close().then(
      () => done(error),
      (failure: unknown) => done(error ?? diskError(failure)),
    )
  }
}
