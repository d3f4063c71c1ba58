import { Readable } from 'node:stream'
import { HostError } from '@obb/host-adapters'

/**
 * Cuts one long body into consecutive pieces, for hosts that serve a file only from its beginning. One piece
 * at a time; nothing is buffered beyond the chunk that a boundary falls into.
 */
export class PartSplitter {
  private readonly chunks: AsyncIterator<Buffer>
  private rest: Buffer | undefined

  constructor(private readonly body: Readable) {
    this.chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  /** The next `bytes` bytes. Its end is reached before the next piece is asked for. */
  piece(bytes: number): Readable {
    return Readable.from(this.read(bytes), { objectMode: false, highWaterMark: 1024 * 1024 })
  }

  /** Raises CORRUPT unless the body ends here. */
  async assertEnd(): Promise<void> {
    const chunk = await this.next()
    this.body.destroy()
    if (chunk) throw new HostError('CORRUPT', 'the host sends more bytes than the file has')
  }

  private async *read(bytes: number): AsyncGenerator<Buffer> {
    for (let missing = bytes; missing > 0;) {
      const chunk = await this.next()
      if (!chunk) throw new HostError('TRUNCATED', `the body ended ${missing} bytes early`)
      if (chunk.length > missing) this.rest = chunk.subarray(missing)
      const piece = chunk.subarray(0, missing)
      missing -= piece.length
      yield piece
    }
  }

  private async next(): Promise<Buffer | undefined> {
    if (this.rest) {
      const rest = this.rest
      this.rest = undefined
      return rest
    }
    const { done, value } = await this.chunks.next()
    return done === true ? undefined : value
  }
}
