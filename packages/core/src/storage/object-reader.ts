import type { Readable } from 'node:stream'
import { StoreError, type ObjectReader } from './object-store.js'

/** Why a `read` raises that was under way when its reader was closed. */
export function readerClosed(): StoreError {
  return new StoreError('UNAVAILABLE', 'the reader was closed')
}

/** The reader of a stream, for answers that only a full HTTP client understands. */
export class StreamReader implements ObjectReader {
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Uint8Array>

  constructor(stream: Readable) {
    this.#stream = stream
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    stream.on('error', () => undefined) // told by the next read; nobody may be reading any more
  }

  async read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#chunks.next()
    if (done === true && this.#stream.errored === null && !this.#stream.readableEnded) throw readerClosed()
    return done === true ? undefined : value
  }

  close(): void {
    this.#stream.destroy()
  }
}
