import type { OnReadOpts, Socket } from 'node:net'
import { NetworkFault } from './fault.js'
import { type Buffers, DirectLanding, GatheringLanding, type Landing } from './landing.js'

/** How long what has come may wait for more before it is lent, ms. */
const LINGER_MS = 100

/**
 * What a reader makes of the bytes that are there: `more` is needed; they are worth something, but more would be
 * better, so `gather` for a while; they are `enough`; or they are the `last` that will come unless something is sent.
 */
export type Verdict = 'more' | 'gather' | 'enough' | 'last'

export interface Reading {
  /** Raises NetworkFault for what is not to be read any further. `worth`: bytes worth being lent. */
  judge(unread: Buffer, worth: number): Verdict
  /** Bytes expected behind those that were judged last. */
  readonly left: number
  /** Code of the fault that silence is. */
  readonly lateCode: string
}

interface Waiting {
  reading: Reading
  resolve(bytes: Buffer | undefined): void
  reject(error: Error): void
}

/**
 * The receiving side of a socket, without streams: its bytes land in memory of ours and are lent to one reader, and
 * the socket rests while they are. Bytes that come although nobody asked end the connection.
 */
export class Connection {
  /** For the socket that will be attached, at its making. */
  readonly onread: OnReadOpts
  /** Called when the socket is no more. */
  onGone: (() => void) | undefined
  /** Since `begin`: something has come, or the other side was silent too long. */
  answered = false
  isLate = false
  #landing: Landing
  #socket: Socket | undefined
  #waiting: Waiting | undefined
  #usesOnread = false
  #isStopped = true
  #isResting = true
  #ended = false
  #isClosed = false
  #failure: Error | undefined
  #linger: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined
  #silenceMs: number | undefined

  constructor(
    private readonly buffers: Buffers,
    tls: boolean,
  ) {
    this.#landing = tls ? new GatheringLanding(buffers) : new DirectLanding(buffers)
    const target = (): Buffer => {
      this.#usesOnread = true
      return this.#landing.target
    }
    this.onread = { buffer: target, callback: (count) => this.#came(count) }
  }

  /** A socket that is connected and has brought nothing yet; one without `onread` has its chunks copied. */
  attach(socket: Socket): void {
    this.#socket = socket
    socket.on('error', (error) => this.#fail(error))
    socket.once('end', () => {
      this.#ended = true
      this.#settle()
    })
    socket.once('close', () => {
      if (!this.#ended) this.#fail(new NetworkFault('ECONNRESET'))
      this.onGone?.()
    })
    if (!this.isUsable || socket.destroyed || socket.readableLength > 0) {
      this.close()
      socket.destroy()
    } else if (!this.#usesOnread) {
      this.#landing.free()
      this.#landing = new GatheringLanding(this.buffers)
      socket.on('data', (chunk: Buffer) => {
        if (!this.#came(chunk.length, chunk)) socket.pause()
      })
    }
  }

  get isUsable(): boolean {
    return this.#failure === undefined && !this.#ended
  }

  /** An exchange begins. `silenceMs` bounds the silence while somebody reads; undefined does not. */
  begin(silenceMs: number | undefined): void {
    this.#isResting = this.answered = this.isLate = false
    if (silenceMs === this.#silenceMs) return
    clearTimeout(this.#silence)
    this.#silenceMs = silenceMs
    // Bytes that came while the process was busy are handed out before anybody is called late.
    const fired = (): void => void setImmediate((waiting) => this.#silent(waiting), this.#waiting)
    this.#silence = silenceMs === undefined ? undefined : setTimeout(fired, silenceMs).unref()
  }

  /** The head of a request, and its body. */
  send(head: string, body?: string): void {
    const socket = this.#socket
    socket?.cork()
    socket?.write(head, 'latin1')
    if (body !== undefined) socket?.write(body)
    socket?.uncork()
  }

  /**
   * The next bytes as soon as `reading` has enough of them, or what there is at the end of the connection; valid until
   * the next call. Undefined after the end. Raises the socket's error, what `reading` raises, or why it was closed.
   */
  read(reading: Reading): Promise<Buffer | undefined> {
    this.#landing.reclaim()
    return new Promise((resolve, reject) => {
      this.#waiting = { reading, resolve, reject }
      this.#silence?.refresh()
      this.#settle()
      if (this.#waiting !== undefined) this.#resume()
    })
  }

  /** rest gives back what was lent; nothing is expected any more for a while. */
  rest(): void {
    this.#landing.reclaim()
    this.#landing.reset()
    this.#isResting = true
    if (this.#landing.unread.length > 0) this.close()
    else this.#resume()
  }

  /** At once, whatever came. A read, under way or later, raises `reason`. */
  close(reason: Error = new NetworkFault('ECONNRESET')): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#silence)
    this.#landing.free()
    this.#ended = false
    this.#failure = reason
    this.#settle()
    this.#socket?.destroy()
  }

  /** `count` bytes. False: the socket shall rest. */
  #came(count: number, chunk?: Buffer): boolean {
    if (this.#isClosed) return false
    const isExpected = this.#waiting !== undefined || (this.#landing.overshoots && !this.#isResting)
    if (!isExpected || !this.#landing.accept(count, chunk)) {
      this.close()
      return false
    }
    this.answered = true
    const goesOn = this.#settle('came')
    this.#isStopped = !goesOn
    return goesOn
  }

  /** Lends to who waits what has landed, if that is enough. True: the socket shall bring more. */
  #settle(why?: 'came' | 'lingered'): boolean {
    const waiting = this.#waiting
    if (waiting === undefined) return false
    const landing = this.#landing
    let verdict: Verdict = 'more'
    try {
      const { unread } = landing
      if (unread.length > 0) verdict = waiting.reading.judge(unread, landing.worth)
      if (verdict === 'more' && landing.isFull) throw new NetworkFault('UND_ERR_HEADERS_OVERFLOW')
    } catch (error) {
      this.close(error as Error)
      return false
    }
    if (verdict === 'gather' && why !== 'lingered' && !landing.isFull && this.isUsable) {
      this.#linger ??= setTimeout(() => this.#settle('lingered'), LINGER_MS)
      return true
    }
    if (verdict === 'more' && this.isUsable) return true
    clearTimeout(this.#linger)
    this.#linger = this.#waiting = undefined
    if (verdict === 'more') {
      if (this.#ended) waiting.resolve(undefined)
      else waiting.reject(this.#failure as Error)
      return false
    }
    if (why !== 'came') this.#stop()
    const next = why !== 'came' ? 'stays' : verdict === 'last' ? 'goes on' : 'rests'
    waiting.resolve(landing.lend(waiting.reading.left, next))
    return next === 'goes on'
  }

  #silent(waiting: Waiting | undefined): void {
    if (waiting === undefined || waiting !== this.#waiting) return
    if (this.#linger !== undefined) return void this.#settle('lingered')
    this.isLate = true
    this.close(new NetworkFault(waiting.reading.lateCode))
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#settle()
  }

  #stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#socket?.pause()
  }

  #resume(): void {
    if (!this.#isStopped) return
    this.#isStopped = false
    this.#socket?.resume()
  }
}
