import { Readable } from 'node:stream'

/** A body, or whatever lends its bytes like one. */
export interface Lender {
  read(): Promise<Uint8Array | undefined>
  close(): void
}

/** BodyStream is a body as a stream of copies. Its errors are those of `read`; destroying it closes the body. */
export class BodyStream extends Readable {
  readonly #body: Lender

  constructor(body: Lender) {
    super({ highWaterMark: 256 * 1024 })
    this.#body = body
    // Who reads may be busy elsewhere when the body breaks off, and finds the stored error later.
    this.on('error', () => undefined)
  }

  override _read(): void {
    this.#body.read().then(
      (bytes) => this.push(bytes === undefined ? null : Buffer.from(bytes)),
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#body.close()
    done(error)
  }
}
