import type { Readable, Transform } from 'node:stream'
import { type BodyReader, HostError } from '@obb/host-adapters'

/** A stream as a BodyReader. */
export class ReadableReader implements BodyReader {
  private readonly chunks: AsyncIterator<Buffer>

  constructor(
    private readonly stream: Readable,
    private readonly closed: () => void = () => undefined,
  ) {
    stream.on('error', () => undefined) // it may fail before anybody reads, who then finds it
    this.chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  async next(): Promise<Buffer | undefined> {
    try {
      const { done, value } = await this.chunks.next()
      return done === true ? undefined : value
    } catch (error) {
      const cutOff = (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE'
      throw cutOff ? new HostError('TRUNCATED', 'the stream was cut off', { cause: error }) : error
    }
  }

  close(): void {
    this.stream.destroy()
    this.closed()
  }
}

/**
 * What comes out of `plain` when the body goes into it. A body that breaks off does so after all that could be made
 * of what came.
 */
export class TransformReader implements BodyReader {
  private ended = false
  private failure: { error: unknown } | undefined
  private writing = false
  private wake: (() => void) | undefined

  constructor(
    private readonly body: BodyReader,
    private readonly plain: Transform,
  ) {
    const notify = (): void => this.wake?.()
    for (const event of ['readable', 'end', 'error', 'close']) plain.on(event, notify)
  }

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.plain.read() as Buffer | null
      if (bytes !== null) return bytes
      if (this.plain.errored) throw this.plain.errored
      if (this.plain.readableEnded) return undefined
      if (this.writing || this.ended) await this.activity()
      else if (this.failure) throw this.failure.error
      else await this.feed()
    }
  }

  close(): void {
    this.plain.destroy()
    this.body.close()
  }

  private async feed(): Promise<void> {
    try {
      const bytes = await this.body.next()
      if (bytes)
        this.write(Buffer.from(bytes)) // a transform may keep what it is given
      else {
        this.ended = true
        this.plain.end()
      }
    } catch (error) {
      this.failure = { error }
    }
  }

  private write(bytes: Buffer): void {
    this.writing = true
    this.plain.write(bytes, () => {
      this.writing = false
      this.wake?.()
    })
  }

  private activity(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined
        resolve()
      }
    })
  }
}

/** Without its first `count` bytes. */
export function skipBytes(body: BodyReader, count: number): BodyReader {
  let left = count
  return {
    async next() {
      for (;;) {
        const chunk = await body.next()
        if (!chunk || left === 0) return chunk
        const skipped = Math.min(left, chunk.length)
        left -= skipped
        if (skipped < chunk.length) return chunk.subarray(skipped)
      }
    },
    close: () => body.close(),
  }
}
