import type { Socket } from 'node:net'
import { readerClosed } from '../object-reader.js'
import { StoreError } from '../object-store.js'
import { s3Error } from './s3-errors.js'

/*
 * The receiving side of a connection to the store, without streams: the system writes into memory that is ours
 * (`onread`), and what has arrived is lent to whoever reads until the next read. While it is lent the socket is
 * not read, so the same memory can be the target of the next read. Node asks for that target right after it has
 * handed over the bytes before, which is why it is always chosen one read ahead; choosing memory that is still
 * being written to the client would corrupt what the client gets.
 */

export const END_OF_HEAD = Buffer.from('\r\n\r\n')

export interface Origin {
  host: string
  port: number
  tls: boolean
}

export interface Patience {
  /** ms until a connection has to stand. */
  connect: number
  /** ms the store may be silent while bytes are wanted, and a connection stays that nobody uses. */
  stall: number
}

/** The store ended the connection, as it may do with one that was not used for a while. */
export class Hangup extends StoreError {}

interface Waiting {
  resolve(bytes: Uint8Array | undefined): void
  reject(error: StoreError): void
}

export abstract class Inlet {
  protected waiting: Waiting | undefined
  /** Bytes expected after those that were handed over. */
  protected left = 0
  /** Bytes of the body whose head is being read; undefined once it is. */
  protected body: number | undefined
  readonly #patience: Patience
  #ended = false
  #failure: StoreError | undefined
  #isResting = false
  #overslept = false
  /** Called once when the connection is no more. */
  onGone: (() => void) | undefined

  protected constructor(
    readonly socket: Socket,
    patience: Patience,
  ) {
    this.#patience = patience
    socket.setNoDelay(true)
    socket.setTimeout(patience.connect, () => this.#silent())
    socket.once('connect', () => socket.setTimeout(patience.stall))
    socket.on('error', (error) => {
      const { kind, message } = s3Error('GetObject', error)
      this.fail(new Hangup(kind, message))
    })
    socket.once('end', () => {
      this.#ended = true
      this.#take()?.resolve(undefined)
    })
    socket.once('close', () => {
      this.fail(new Hangup('UNAVAILABLE', 'S3 GetObject: the connection was closed'))
      this.onGone?.()
    })
  }

  /** The next bytes, lent until the next call; undefined after FIN. `left`: how many are expected yet, 0 in a head. */
  read(left: number): Promise<Uint8Array | undefined> {
    this.left = left
    if (left > 0) this.body = undefined
    const ready = this.returned()
    if (ready !== undefined) return Promise.resolve(ready)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#ended) return Promise.resolve(undefined)
    if (this.#overslept) this.#wake()
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.socket.resume()
    })
  }

  /** Before the first read of an answer: bytes that its body will have, behind its head. */
  expect(body: number): void {
    this.body = body
  }

  /** Bytes that the next read may bring right behind those that are lent, which then stay as they are. */
  get room(): number {
    return 0
  }

  /** Nothing is expected any more for a while; what comes nevertheless ends the connection. */
  rest(): void {
    this.left = 0
    this.#isResting = true
    if (this.returned() !== undefined) this.close()
    if (this.#overslept) this.#wake()
    this.socket.resume()
  }

  /** Something is about to be asked for again. */
  rouse(): void {
    this.#isResting = false
  }

  get isUsable(): boolean {
    return this.#failure === undefined && !this.#ended && !this.socket.destroyed
  }

  close(): void {
    this.fail(readerClosed())
    this.socket.destroy()
  }

  /** What was lent is given back. Bytes that are there already, lent anew. */
  protected abstract returned(): Uint8Array | undefined

  protected hand(bytes: Uint8Array): void {
    this.#take()?.resolve(bytes)
  }

  protected fail(error: StoreError): void {
    this.#failure ??= error
    this.#take()?.reject(this.#failure)
  }

  #take(): Waiting | undefined {
    const { waiting } = this
    this.waiting = undefined
    return waiting
  }

  #silent(): void {
    if (this.waiting === undefined && !this.#isResting) {
      this.#overslept = true // it is the reader who takes his time
      return
    }
    this.fail(new StoreError('UNAVAILABLE', 'S3 GetObject: the store went silent'))
    this.socket.destroy()
  }

  #wake(): void {
    this.#overslept = false
    if (!this.socket.connecting) this.socket.setTimeout(this.#patience.stall)
  }
}
