import type { ClientRequest, IncomingMessage } from 'node:http'
import type { PartWriter, StoredPart } from '../object-store.js'
import { storeFailure } from '../store-failure.js'
import { wrongSize } from '../part-writer.js'
import { documentError, s3Error } from './s3-errors.js'

/** Bytes of an error document that are looked at. */
const MAX_DOCUMENT = 64 * 1024

/**
 * A part of an S3 upload: one PUT whose length is known, fed as its bytes come. S3 keeps a part as soon as it has
 * all the bytes it was promised, so the last one is held back until `finish`: a body that turns out to be wrong at
 * its very end leaves nothing.
 */
export class S3Part implements PartWriter {
  /** Rejects as soon as the store gives up, also while nothing is being written. */
  readonly failed: Promise<never>
  private readonly answer: Promise<string>
  private fail!: (error: unknown) => void
  private position = 0
  private last: Buffer | undefined
  private ended = false
  private readonly timer: NodeJS.Timeout
  /** The store is to take bytes, or to answer. */
  private expecting = false
  private failure: { error: unknown } | undefined
  /** Rejects what waits for the store. A race with `failed` would keep all its losers until the part is over. */
  private giveUp: ((error: unknown) => void) | undefined
  private readonly aborted = (): void => this.fail(this.signal.reason)

  /** `stallMs`: how long the store may neither take nor answer although it could. */
  constructor(
    private readonly request: ClientRequest,
    private readonly number: number,
    readonly size: number,
    stallMs: number,
    private readonly signal: AbortSignal,
  ) {
    this.failed = new Promise<never>((_resolve, reject) => {
      this.fail = (error) => {
        this.failure ??= { error }
        reject(error as Error)
        this.giveUp?.(error)
        this.abort()
      }
    })
    this.failed.catch(() => undefined) // whoever writes or finishes finds it
    this.answer = new Promise((resolve) => {
      request.once('response', (message) => void etagOf(message).then(resolve, this.fail)) // perhaps early
    })
    request.on('error', (error) => this.fail(s3Error('UploadPart', error)))
    this.timer = setTimeout(() => {
      if (this.expecting) this.fail(storeFailure('UNAVAILABLE', 'S3 UploadPart: the store went silent'))
    }, stallMs)
    signal.addEventListener('abort', this.aborted, { once: true })
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.position + bytes.length > this.size) throw wrongSize('late', this.size)
    if (bytes.length === 0) return
    this.position += bytes.length
    const isLast = this.position === this.size
    if (isLast) this.last = Buffer.from(bytes.subarray(-1))
    await this.send(isLast ? bytes.subarray(0, -1) : bytes)
  }

  async finish(): Promise<StoredPart> {
    if (this.position < this.size) {
      this.abort()
      throw wrongSize('early', this.size)
    }
    this.request.end(this.last)
    const etag = await this.expectAnswer<string>((resolve) => void this.answer.then(resolve))
    this.end()
    return { number: this.number, size: this.size, etag }
  }

  abort(): void {
    if (this.ended) return
    this.end()
    this.request.on('error', () => undefined).destroy()
  }

  private send(bytes: Buffer): Promise<void> {
    return this.expectAnswer((resolve) => void this.request.write(bytes, () => resolve()))
  }

  /** One at a time. */
  private async expectAnswer<T>(begin: (resolve: (value: T) => void) => void): Promise<T> {
    this.expecting = true
    this.timer.refresh()
    try {
      return await new Promise<T>((resolve, reject) => {
        if (this.failure) return reject(this.failure.error as Error)
        this.giveUp = reject
        begin(resolve)
      })
    } finally {
      this.expecting = false
      this.giveUp = undefined
    }
  }

  private end(): void {
    this.ended = true
    clearTimeout(this.timer)
    this.signal.removeEventListener('abort', this.aborted)
  }
}

async function etagOf(message: IncomingMessage): Promise<string> {
  const { statusCode = 0, headers } = message
  const text = await textOf('UploadPart', message)
  const etag = headers.etag?.replace(/^"(.*)"$/, '$1')
  if (statusCode !== 200 || etag === undefined) throw documentError('UploadPart', statusCode, text)
  return etag
}

/** The beginning of an answer that is meant to be read. Raises StoreError. */
export async function textOf(operation: string, message: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const bytes of message) {
      text += String(bytes)
      if (text.length > MAX_DOCUMENT) break
    }
  } catch (error) {
    throw s3Error(operation, error)
  }
  return text
}
