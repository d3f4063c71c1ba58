import { Transform, type TransformCallback } from 'node:stream'
import { wrongSize } from './part-sink.js'

/**
 * Passes on exactly `size` bytes, else ends in `PART_SIZE`. The chunk with the last byte is held back
 * until the body has ended: once a store has all the bytes it was promised it keeps the part, so a
 * body that runs over has to be found out before.
 */
export class ExactBody extends Transform {
  readonly #size: number
  #taken = 0
  #last: Buffer | undefined

  constructor(size: number) {
    super({ highWaterMark: 256 * 1024 })
    this.#size = size
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#taken += chunk.length
    if (this.#taken > this.#size) done(wrongSize('late', this.#size))
    else if (this.#taken < this.#size) done(null, chunk)
    else {
      this.#last ??= chunk // empty chunks may follow
      done()
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#taken < this.#size) done(wrongSize('early', this.#size))
    else done(null, this.#last)
  }
}
