import type { OnReadOpts, Socket } from 'node:net'

/*
 * A connection whose bytes land in two buffers that are used again and again.
 *
 * The price of receiving in Node is paid per chunk: a stream of sockets hands on slices of at most 64 KiB, each in
 * a buffer of its own that the collector has to find. Here the kernel fills a large buffer of ours (`onread` of
 * node:net), and what is in it is lent to the reader, who asks for more when it has no use for it any more.
 *
 * `onread` asks for the place of the *next* read right after each read, so that place must be one that nobody
 * reads from when it is filled. A buffer is filled from its beginning to its end; what is lent always lies below
 * what is being filled. Full, the other one takes over, if nothing of it is lent or unread; else the socket rests
 * until that is so.
 *
 * Sockets that were made without `onread` (inside tunnels) bring chunks of their own, which are copied in. So is
 * what a TLS socket still decrypts after it was told to rest: those few records go into a buffer of their own.
 */

/** A read into less than this is not worth its system call, bytes; over TLS the call is for other buffers. */
const LEAST_ROOM = 32 * 1024
/** What is there is handed out when it is so much, or after a while, or at the end. */
const WORTH_LENDING = 64 * 1024
const LINGER_MS = 100
/** The largest content of a TLS record, bytes. */
const RECORD = 16 * 1024

export type WireSocket = Pick<Socket, 'destroy' | 'on' | 'pause' | 'resume' | 'unshift' | 'write'>

/** One of the two: bytes [start, end) are unread, those before are read or lent. */
interface Half {
  readonly bytes: Buffer
  start: number
  end: number
  lent: boolean
}

export class Wire {
  private readonly halves: readonly [Half, Half]
  /** Being filled. */
  private filling: Half
  private socket: WireSocket | undefined
  private usesOurBuffers = false
  private resting = false
  private ended = false
  private closed = false
  private failure: Error | undefined
  private wake: (() => void) | undefined
  private linger: NodeJS.Timeout | undefined
  /** Chunks of a socket of the other kind that found no room. */
  private readonly surplus: Buffer[] = []

  private spill: Buffer | undefined
  private intoSpill = false

  /** Of two equal buffers, which it gives back when it is closed and nothing is lent. */
  constructor(
    buffers: readonly [Buffer, Buffer],
    private readonly tls: boolean,
    private readonly giveBack: (buffers: readonly [Buffer, Buffer]) => void,
  ) {
    this.halves = [halfOf(buffers[0]), halfOf(buffers[1])]
    this.filling = this.halves[0]
  }

  /** For the socket that will be attached, at its making. */
  readonly onread: OnReadOpts = {
    buffer: () => {
      this.usesOurBuffers = true
      this.intoSpill = this.resting && this.tls
      if (this.intoSpill) return (this.spill ??= Buffer.allocUnsafeSlow(RECORD))
      // A socket that is about to rest goes on in the other half.
      return this.resting ? this.other().bytes : this.filling.bytes.subarray(this.filling.end)
    },
    callback: (count) => this.filled(count),
  }

  attach(socket: WireSocket): void {
    this.socket = socket
    if (!this.usesOurBuffers) socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('end', () => this.end())
    socket.on('error', (error: Error) => this.fail(error))
    socket.on('close', () => {
      this.end()
      this.closed = true
      this.returnBuffers()
    })
  }

  /** Nothing was received that nobody asked for, and it can still be written to. */
  get isFresh(): boolean {
    return !this.ended && this.failure === undefined && this.available() === 0 && this.surplus.length === 0
  }

  write(text: string): void {
    this.socket?.write(text, 'latin1')
  }

  /** Raises `error` wherever somebody waits or will wait, and ends the connection. */
  fail(error: Error): void {
    this.failure ??= error
    this.notify()
    this.socket?.destroy()
  }

  close(): void {
    this.release()
    this.ended = true
    this.socket?.destroy()
  }

  /**
   * All unread bytes, once there are more than `seen`; they are there until `skip`. Undefined at the end of the
   * connection. Meant for heads, which are small.
   */
  async peek(seen: number): Promise<Buffer | undefined> {
    this.release()
    for (;;) {
      if (this.failure) throw this.failure
      if (this.available() > seen) return this.unread()
      if (this.ended) return undefined
      await this.more()
    }
  }

  skip(count: number): void {
    for (let left = count; left > 0;) {
      const half = this.oldest()
      const here = Math.min(left, half.end - half.start)
      half.start += here
      left -= here
    }
    this.reuse()
  }

  /**
   * The next bytes, at most `most`; valid until the next call of this or `peek`. Undefined at the end of the
   * connection. Raises what `fail` was told, or the socket's error.
   */
  async next(most: number): Promise<Buffer | undefined> {
    this.release()
    const worth = Math.min(most, WORTH_LENDING)
    for (let lingered = false; ; lingered = await this.moreOrLate()) {
      const half = this.oldest()
      const count = half.end - half.start
      if (count > 0 && (count >= worth || half !== this.filling || lingered || this.ended)) {
        return this.lend(half, Math.min(count, most))
      }
      if (this.failure) throw this.failure
      if (this.ended) return undefined
    }
  }

  private lend(half: Half, count: number): Buffer {
    const chunk = half.bytes.subarray(half.start, half.start + count)
    half.start += count
    half.lent = true
    return chunk
  }

  private release(): void {
    for (const half of this.halves) half.lent = false
    this.reuse()
    this.returnBuffers()
  }

  /** The half with the older unread bytes. */
  private oldest(): Half {
    const other = this.other()
    return other.end > other.start ? other : this.filling
  }

  private other(): Half {
    return this.filling === this.halves[0] ? this.halves[1] : this.halves[0]
  }

  private unread(): Buffer {
    const [first, second] = [this.other(), this.filling].map(({ bytes, start, end }) =>
      bytes.subarray(start, end),
    ) as [Buffer, Buffer]
    return first.length === 0 ? second : Buffer.concat([first, second])
  }

  private available(): number {
    return this.halves.reduce((sum, half) => sum + half.end - half.start, 0)
  }

  /** `count` bytes have come into the half that is being filled. False: no room, the socket shall rest. */
  private filled(count: number): boolean {
    if (this.intoSpill && this.spill) {
      this.surplus.push(Buffer.from(this.spill.subarray(0, count)))
      this.copySurplus()
    } else {
      this.filling.end += count
      this.turnOver()
    }
    this.notify()
    return !this.resting
  }

  /** A half that is all but full makes way for the other one, or for rest. */
  private turnOver(): void {
    this.resting = false
    const { bytes, end } = this.filling
    if (bytes.length - end >= (this.tls ? RECORD : LEAST_ROOM)) return
    const other = this.other()
    if (!isFree(other)) {
      this.resting = true
      return
    }
    other.start = other.end = 0
    this.filling = other
  }

  /** Somebody has read: perhaps there is room again. */
  private reuse(): void {
    if (!this.resting || !isFree(this.other())) return
    this.turnOver()
    this.copySurplus()
    if (!this.resting) this.socket?.resume()
  }

  private take(chunk: Buffer): void {
    this.surplus.push(chunk)
    this.copySurplus()
    if (this.resting) this.socket?.pause()
    this.notify()
  }

  private copySurplus(): void {
    while (!this.resting) {
      const chunk = this.surplus.shift()
      if (!chunk) return
      const count = chunk.copy(this.filling.bytes, this.filling.end)
      this.filling.end += count
      if (count < chunk.length) this.surplus.unshift(chunk.subarray(count))
      this.turnOver()
    }
  }

  private end(): void {
    this.ended = true
    this.notify()
  }

  private notify(): void {
    this.wake?.()
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined
        resolve()
      }
    })
  }

  /** True if nothing more has come for a while although something is there. */
  private moreOrLate(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (late: boolean): void => {
        clearTimeout(this.linger)
        this.wake = undefined
        resolve(late)
      }
      if (this.available() > 0) this.linger = setTimeout(() => settle(true), LINGER_MS)
      this.wake = () => settle(false)
    })
  }

  private returnBuffers(): void {
    if (!this.closed || this.halves.some((half) => half.lent)) return
    this.closed = false
    this.giveBack([this.halves[0].bytes, this.halves[1].bytes])
  }
}

function halfOf(bytes: Buffer): Half {
  return { bytes, start: 0, end: 0, lent: false }
}

function isFree({ start, end, lent }: Half): boolean {
  return start === end && !lent
}
