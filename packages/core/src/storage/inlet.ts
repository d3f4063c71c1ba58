import { connect, isIP, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { Appetite, largeBuffers, SMALL } from './buffer-pool.js'
import { readerClosed } from './object-reader.js'
import { StoreError } from './object-store.js'
import { s3Error } from './s3-errors.js'

/*
 * The receiving side of a connection to the store, without streams: the system writes into memory that is ours
 * (`onread`), and what has arrived is lent to whoever reads until the next read. While it is lent the socket is
 * not read, so the same memory can be the target of the next read. Node asks for that target right after it has
 * handed over the bytes before, which is why it is always chosen one read ahead; choosing memory that is still
 * being written to the client would corrupt what the client gets.
 *
 * TLS differs in one thing: records that were already received are handed over even though reading was stopped.
 * They are copied behind the bytes that are lent, where there is always room for them.
 */

export const END_OF_HEAD = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)

export interface Origin {
  host: string
  port: number
  tls: boolean
}

export interface Patience {
  /** ms until a connection has to stand. */
  connect: number
  /** ms the store may be silent while bytes are wanted. */
  stall: number
  /** ms after which a connection that nobody uses is closed. */
  idle: number
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
    if (this.#overslept) this.#wake(this.#patience.stall)
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
    this.#wake(this.#patience.idle)
    this.socket.resume()
  }

  /** Something is about to be asked for again. */
  rouse(): void {
    this.#isResting = false
    this.#wake(this.#patience.stall)
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

  #wake(ms: number): void {
    this.#overslept = false
    if (!this.socket.connecting) this.socket.setTimeout(ms)
  }
}

/** Over TCP: the system writes straight into what is lent. */
export class PlainInlet extends Inlet {
  readonly #appetite = new Appetite()
  readonly #own: Buffer
  #large: Buffer | undefined
  /** Where the next bytes go. */
  readonly #next: { target: Buffer }
  #lent: Buffer | undefined
  #room = 0

  constructor({ host, port }: Origin, patience: Patience) {
    const own = Buffer.allocUnsafeSlow(SMALL)
    const next = { target: own } // asked for before there is a `this`
    const onread = { buffer: () => next.target, callback: (count: number) => this.#arrived(count) }
    super(connect({ host, port, onread }), patience)
    this.#own = own
    this.#next = next
  }

  override get room(): number {
    return this.#room
  }

  override rest(): void {
    this.#appetite.reset()
    super.rest()
  }

  override close(): void {
    super.close()
    if (this.#large === undefined) return
    if (this.#lent === this.#large) largeBuffers.abandon()
    else largeBuffers.give(this.#large)
    this.#large = undefined
  }

  protected override returned(): undefined {
    if (this.#lent === undefined) return
    this.#appetite.returned()
    this.#lent = undefined
    if (this.#large === undefined || this.#next.target === this.#large) return
    largeBuffers.give(this.#large)
    this.#large = undefined
  }

  #arrived(count: number): boolean {
    if (this.waiting === undefined) {
      this.socket.destroy() // nothing was asked for
      return false
    }
    const { target } = this.#next
    const bytes = target.subarray(0, count)
    this.#lent = target
    this.left = Math.max(0, this.left - count)
    this.#appetite.lent(count)
    this.#next.target = this.#aim(bytes)
    this.hand(bytes)
    return false
  }

  #aim(bytes: Buffer): Buffer {
    let { left } = this
    if (this.body !== undefined) {
      const end = bytes.indexOf(END_OF_HEAD)
      if (end >= 0) {
        left = this.body - (bytes.length - end - END_OF_HEAD.length)
        this.body = undefined
      }
    }
    // A small body that came in two pieces, as the packets had it, becomes one.
    const rest =
      bytes.buffer === this.#own.buffer ? this.#own.subarray(bytes.byteOffset + bytes.length) : NOTHING
    this.#room = left > 0 && left <= rest.length ? rest.length : 0
    if (this.#room > 0) return rest
    if (!this.#appetite.wantsLarge(this.left)) return this.#own
    this.#large ??= largeBuffers.take()
    return this.#large ?? this.#own
  }
}

/** Bytes of decrypted records gathered before they are handed over at once. */
const GATHERED = 160 * 1024
/** What may still come after reading was stopped: what one read of the socket holds, and a record. */
const OVERSHOOT = 96 * 1024
/** One record of TLS at a time passes through here, on its way to its connection's own memory. */
const passage = Buffer.allocUnsafeSlow(64 * 1024)

/** Over TLS: records of 16 KiB are gathered, as the cost is per chunk. */
export class TlsInlet extends Inlet {
  readonly #memory = Buffer.allocUnsafeSlow(GATHERED + OVERSHOOT)
  /** Bytes in memory, and how many of them were handed over. */
  #filled = 0
  #given = 0
  #handing = false

  constructor({ host, port }: Origin, patience: Patience) {
    const onread = { buffer: passage, callback: (count: number) => this.#arrived(count) }
    const options: ConnectionOptions & { onread: OnReadOpts } = {
      host,
      port,
      servername: isIP(host) === 0 ? host : '', // RFC 6066 §3: no addresses
      ALPNProtocols: ['http/1.1'],
      onread,
    }
    super(connectTls(options), patience)
  }

  protected override returned(): Uint8Array | undefined {
    if (this.#given < this.#filled) return this.#lend()
    this.#given = this.#filled = 0
    return undefined
  }

  #arrived(count: number): boolean {
    const isLent = this.#given > 0
    if ((this.waiting === undefined && !isLent) || this.#filled + count > this.#memory.length) {
      this.socket.destroy() // nothing was asked for
      return false
    }
    passage.copy(this.#memory, this.#filled, 0, count)
    this.#filled += count
    this.left = Math.max(0, this.left - count)
    if (this.waiting !== undefined && !this.#handing) {
      this.#handing = true
      setImmediate(() => this.#handOver())
    }
    return this.waiting !== undefined && this.#filled < GATHERED
  }

  #handOver(): void {
    this.#handing = false
    if (this.waiting === undefined) return
    this.socket.pause()
    this.hand(this.#lend())
  }

  #lend(): Uint8Array {
    const bytes = this.#memory.subarray(this.#given, this.#filled)
    this.#given = this.#filled
    return bytes
  }
}

export function openInlet(origin: Origin, patience: Patience): Inlet {
  return origin.tls ? new TlsInlet(origin, patience) : new PlainInlet(origin, patience)
}
