import { close, fstat, open, read } from 'node:fs'
import { promisify } from 'node:util'
import { BufferPool, BufferSizing, largeBuffers, SMALL } from '@obb/http-engine'
import { diskError } from './local-files.js'
import { readerClosed } from '../object-reader.js'
import { StoreError, type ObjectReader } from '../object-store.js'

const openFile = promisify(open)
const statFile = promisify(fstat)
const smallBuffers = new BufferPool(SMALL)

/** Reads a file into pooled buffers. Raises what `fs.open` raises, and `INVALID` for a range beyond its end. */
export async function openFileReader(path: string, start: number, end: number): Promise<ObjectReader> {
  const file = await openFile(path, 'r')
  try {
    const { size } = await statFile(file)
    if (end > size) throw new StoreError('INVALID', `range ends at ${end} of ${size} bytes`)
    return new FileReader(file, start, end)
  } catch (error) {
    close(file, () => undefined)
    throw error
  }
}

class FileReader implements ObjectReader {
  readonly #sizing = new BufferSizing()
  #small: Buffer | undefined
  #large: Buffer | undefined
  #lent: Buffer | undefined
  #isReading = false
  #isClosed = false

  constructor(
    private readonly file: number,
    private position: number,
    private readonly end: number,
  ) {}

  async read(): Promise<Uint8Array | undefined> {
    this.#sizing.recordReturned()
    this.#lent = undefined
    if (this.#isClosed) throw readerClosed()
    if (this.position === this.end) {
      this.close()
      return undefined
    }
    const buffer = this.#buffer()
    const count = await this.#fill(buffer)
    this.#lent = buffer
    this.position += count
    this.#sizing.recordLent(count)
    return buffer.subarray(0, count)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (!this.#isReading) this.#free()
  }

  #buffer(): Buffer {
    if (!this.#sizing.wantsLarge(this.end - this.position)) {
      if (this.#large !== undefined) largeBuffers.give(this.#large)
      this.#large = undefined
    } else this.#large ??= largeBuffers.take()
    if (this.#large === undefined) return (this.#small ??= smallBuffers.take()!)
    if (this.#small !== undefined) smallBuffers.give(this.#small)
    this.#small = undefined
    return this.#large
  }

  #fill(buffer: Buffer): Promise<number> {
    const wanted = Math.min(buffer.length, this.end - this.position)
    this.#isReading = true
    return new Promise((resolve, reject) => {
      read(this.file, buffer, 0, wanted, this.position, (error, count) => {
        this.#isReading = false
        if (this.#isClosed) {
          this.#free()
          reject(readerClosed())
        } else if (error !== null) reject(diskError(error))
        else if (count === 0) {
          reject(new StoreError('UNAVAILABLE', 'local store: object is shorter than it was'))
        } else resolve(count)
      })
    })
  }

  /** Not before the system is done with the file and the memory. */
  #free(): void {
    close(this.file, () => undefined)
    for (const [pool, buffer] of [
      [smallBuffers, this.#small],
      [largeBuffers, this.#large],
    ] as const) {
      if (buffer === undefined) continue
      if (buffer === this.#lent) pool.abandon()
      else pool.give(buffer)
    }
    this.#small = this.#large = undefined
  }
}
