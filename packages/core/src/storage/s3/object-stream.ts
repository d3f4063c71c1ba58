import type { ClientRequest, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { StoreError } from '../object-store.js'
import { s3Error } from './s3-errors.js'

/**
 * The body of an answer as exactly `length` bytes: fewer, more, a lost connection or a silence of
 * `stallMs` while the reader wants bytes end it in `UNAVAILABLE`. A slow reader may take its time.
 */
export class ObjectStream extends Readable {
  readonly #message: IncomingMessage
  #left: number

  constructor(request: ClientRequest, message: IncomingMessage, length: number, stallMs: number) {
    super({ highWaterMark: 256 * 1024 })
    this.#message = message
    this.#left = length
    message.on('data', (bytes: Buffer) => this.#take(bytes))
    message.pause() // until somebody reads
    message.on('end', () => {
      if (this.#left === 0) this.push(null)
      else this.destroy(new StoreError('UNAVAILABLE', 'S3 GetObject: the body is shorter than announced'))
    })
    message.on('error', (error) => this.destroy(s3Error('GetObject', error)))
    request.on('timeout', () => {
      if (message.isPaused()) request.socket?.setTimeout(stallMs)
      else this.destroy(new StoreError('UNAVAILABLE', 'S3 GetObject: the store went silent'))
    })
  }

  override _read(): void {
    this.#message.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#message.destroy()
    done(error)
  }

  #take(bytes: Buffer): void {
    this.#left -= bytes.length
    if (this.#left < 0) this.destroy(new StoreError('UNAVAILABLE', 'S3 GetObject: the body is too long'))
    else if (!this.push(bytes)) this.#message.pause()
  }
}
