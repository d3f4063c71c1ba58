import { END_OF_HEAD, Hangup, type Inlet, type Origin, type Patience } from './inlet.js'
import { StoreError } from '../object-store.js'
import { onAbort } from '@obb/http-engine'
import { PlainInlet } from './plain-inlet.js'
import { MAX_HEAD, parseResponseHead, type ResponseHead } from './response-head.js'
import { TlsInlet } from './tls-inlet.js'

/** Connections that nobody uses; more are closed. */
const KEPT = 128
const NOTHING = Buffer.alloc(0)

/** An answer whose head is read. `first`: what came of its body with the head, lent until the next read. */
export interface Answered {
  head: ResponseHead
  first: Uint8Array
  inlet: Inlet
}

/** Kept-alive connections to one origin; the one used last is used first. */
export class WirePool {
  readonly #idle: Inlet[] = []
  readonly #open = new Set<Inlet>()
  #closed = false

  constructor(
    private readonly origin: Origin,
    private readonly patience: Patience,
  ) {}

  /**
   * Sends a request without a body; `length` bytes are expected to come back. A kept connection that turns out to be closed is replaced by another one.
   * Raises StoreError, and the reason of `signal`.
   */
  async ask(request: string, length: number, signal: AbortSignal | undefined): Promise<Answered> {
    for (;;) {
      const kept = this.#kept()
      const inlet = kept ?? this.#connect()
      const forget = signal && onAbort(signal, () => inlet.close())
      try {
        inlet.rouse()
        inlet.expect(length)
        inlet.socket.write(request, 'latin1')
        return await answerOf(inlet)
      } catch (error) {
        inlet.close()
        signal?.throwIfAborted()
        if (kept === undefined || !(error instanceof Hangup)) throw error
      } finally {
        forget?.()
      }
    }
  }

  /** After an answer was taken to its last byte. */
  giveBack(inlet: Inlet): void {
    if (this.#closed || !inlet.isUsable || this.#idle.length >= KEPT) {
      inlet.close()
      return
    }
    inlet.rest()
    this.#idle.push(inlet)
  }

  close(): void {
    this.#closed = true
    for (const inlet of this.#open) inlet.close()
  }

  #kept(): Inlet | undefined {
    for (let inlet; (inlet = this.#idle.pop()) !== undefined;) if (inlet.isUsable) return inlet
    return undefined
  }

  #connect(): Inlet {
    const { origin, patience } = this
    const inlet = origin.tls ? new TlsInlet(origin, patience) : new PlainInlet(origin, patience)
    this.#open.add(inlet)
    inlet.onGone = () => {
      this.#open.delete(inlet)
      const index = this.#idle.indexOf(inlet)
      if (index >= 0) this.#idle.splice(index, 1)
    }
    return inlet
  }
}

async function answerOf(inlet: Inlet): Promise<Answered> {
  let all: Buffer = NOTHING
  for (;;) {
    const end = all.indexOf(END_OF_HEAD)
    if (end >= 0) {
      const head = parseResponseHead(all.toString('latin1', 0, end))
      if (head === undefined) throw new StoreError('UNAVAILABLE', 'S3 GetObject: an answer that is no HTTP')
      all = all.subarray(end + END_OF_HEAD.length)
      if (head.status >= 200) return { head, first: all, inlet }
      continue // an interim answer (RFC 9110 §15.2): the real one follows
    }
    if (all.length > MAX_HEAD) throw new StoreError('UNAVAILABLE', 'S3 GetObject: an endless head')
    const before = all.length === 0 ? all : Buffer.from(all) // what was lent is gone with the next read
    const bytes = await inlet.read(0)
    if (bytes === undefined)
      throw new Hangup('UNAVAILABLE', 'S3 GetObject: the connection ended before an answer')
    const came = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    all = before.length === 0 ? came : Buffer.concat([before, came])
  }
}
