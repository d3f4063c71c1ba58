import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { Refusal } from '@obb/contracts'
import { SharedAmount } from '../semaphore/index.js'
import { networkOf } from './network.js'
import { refuseSocket } from './refuse-socket.js'

/*
 * Who is connected and what is being answered on each connection. Four things are built on it:
 *
 * - every response has a signal that is aborted when its client is gone or the process has to stop, so that
 *   whatever works for the response can let go at once. It hangs on the socket, not on the response: a
 *   response that waits behind another one of the same connection never learns that the connection died.
 * - shutdown ends connections with FIN, never RST: downloaders resume after the first in a fraction of a
 *   second and wait minutes after the second. A socket that is closed with all it had to say handed to the
 *   system sends FIN behind its last byte.
 * - a process whose successor serves already turns nobody away: it says `Connection: close` with its next answer
 *   on each connection, and is done when the last one is gone.
 * - there are only so many connections, and no network takes them all: who finds no place is told so, and the
 *   connection is nobody's else to look at.
 */

/** One for all: making an error for every response costs more than the rest of its bookkeeping. */
const OVER = new Error('the response is over')

/** Work is what is being done for a connection. */
export interface Work {
  abort(reason: Error): void
  /** Says with its answer that it is the last one, if that can still be said. */
  sayLast?(): void
}

class Exchange extends AbortController implements Work {
  constructor(private readonly response: ServerResponse) {
    super()
  }

  sayLast(): void {
    if (!this.response.headersSent) this.response.shouldKeepAlive = false
  }
}

/** A client that asks for nothing in so many ms is told that a connection is over by its end. */
const QUIET_MS = 10_000

/** REFUSED_AT_ONCE is how many of those that find no place are answered at a time; the others are just closed. */
const REFUSED_AT_ONCE = 100
/** When to come back, seconds. */
const RETRY_S = 10
/** How often it is told that there are no places, ms. */
const TOLD_EVERY_MS = 60_000

/** How many connections may be open at once. */
export interface ConnectionCap {
  max: number
  /** Whether there are many clients behind an address, as behind a reverse proxy: it may take all places. */
  isShared(address: string): boolean
  /** Told at most once a minute that somebody was refused. `open`: how many connections there are. */
  onFull(open: number): void
}

/** On shutdown, ms: how long answers may go on, and then how long their last bytes may take. */
export interface DrainTiming {
  drain: number
  flush: number
}

/** What becomes of a connection: the HTTP server's own way, or one before it. */
type Handler = (socket: Socket) => void

export class Connections {
  /** The responses under way on each open socket. */
  private readonly open = new Map<Socket, Set<Work>>()
  private readonly signals = new WeakMap<ServerResponse, AbortSignal>()
  private server: HttpServer | undefined
  private leaving = false
  private draining = false
  private readonly whenEmpty = new Set<() => void>()
  private readonly places: SharedAmount
  private refused = 0
  private toldAt = Number.NEGATIVE_INFINITY
  private handle: Handler = () => undefined

  constructor(
    private readonly timing: DrainTiming,
    private readonly cap: ConnectionCap,
  ) {
    this.places = new SharedAmount(cap.max)
  }

  /** Before its first connection. Takes the place of the HTTP server's own listener, which is the first. */
  watch(server: HttpServer): void {
    this.server = server
    const [adopt] = server.listeners('connection') as Handler[]
    if (adopt === undefined) throw new Error('the HTTP server takes no connections')
    server.off('connection', adopt)
    this.handle = (socket) => adopt.call(server, socket)
    server.on('connection', (socket: Socket) => this.enter(socket))
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.beginResponse(request.socket, response)
    })
  }

  /** Every connection begins at `first`, which may give it to the HTTP server by `adopt`. */
  divert(first: (socket: Socket, adopt: () => void) => void): void {
    const { handle } = this
    this.handle = (socket) => first(socket, () => handle(socket))
  }

  /** Aborted once nobody waits for the response any more, its regular end included. */
  signalOf(response: ServerResponse): AbortSignal {
    return this.signals.get(response) ?? AbortSignal.abort()
  }

  /**
   * Waits until the answers before this one on its connection are sent, so that one connection never makes
   * more than one answer at a time. Raises the signal's reason.
   */
  turnOf(response: ServerResponse): Promise<void> {
    if (response.socket !== null) return Promise.resolve()
    const signal = this.signalOf(response)
    return new Promise((resolve, reject) => {
      response.once('socket', () => resolve())
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }

  isBusy(socket: Socket): boolean {
    return (this.open.get(socket)?.size ?? 0) > 0
  }

  /** Whether an answer is to be the last of its connection. */
  get isLeaving(): boolean {
    return this.leaving
  }

  /**
   * Every connection ends with its next answer, or when its client has asked for nothing in a while; answers take as
   * long as they take. Resolves after the last one.
   */
  async retire(): Promise<void> {
    this.leave()
    if (await this.waitUntilEmpty(QUIET_MS)) return
    this.endIdle()
    await this.waitUntilEmpty()
  }

  /** Accepts nobody new, lets answers finish for a while, and ends the rest short. */
  async end(): Promise<void> {
    this.leave()
    // http.Server.close would destroy connections whose last bytes are still on their way out.
    if (this.server?.listening === true) NetServer.prototype.close.call(this.server)
    this.endIdle()
    if (await this.waitUntilEmpty(this.timing.drain)) return
    for (const [socket, responses] of this.open) {
      for (const response of responses) response.abort(OVER)
      socket.destroySoon()
    }
    if (await this.waitUntilEmpty(this.timing.flush)) return
    for (const socket of this.open.keys()) socket.destroy()
  }

  /** Work is done for a connection until it is finished or released. */
  begin(socket: Socket, work: Work): void {
    this.open.get(socket)?.add(work)
  }

  /** Its answer is sent. */
  finish(socket: Socket, work: Work): void {
    this.release(socket, work)
    if (this.draining && !this.isBusy(socket)) socket.destroySoon()
  }

  /** It came to nothing, and others go on with the connection. */
  release(socket: Socket, work: Work): void {
    this.open.get(socket)?.delete(work)
  }

  private endIdle(): void {
    this.draining = true
    for (const socket of this.open.keys()) if (!this.isBusy(socket)) socket.destroySoon()
  }

  private leave(): void {
    this.leaving = true
    for (const works of this.open.values()) for (const work of works) work.sayLast?.()
  }

  private enter(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const leavePlace = this.places.take(this.cap.isShared(address) ? undefined : networkOf(address))
    if (leavePlace === undefined) return this.refuse(socket)
    const responses = new Set<Work>()
    this.open.set(socket, responses)
    const leave = (): void => {
      for (const response of responses) response.abort(OVER)
    }
    socket.once('end', leave)
    socket.once('close', () => {
      this.open.delete(socket)
      leavePlace()
      leave()
      if (this.open.size > 0) return
      for (const wake of this.whenEmpty) wake()
    })
    if (this.draining) socket.destroySoon()
    this.handle(socket)
  }

  private refuse(socket: Socket): void {
    const now = performance.now()
    if (now - this.toldAt >= TOLD_EVERY_MS) {
      this.toldAt = now
      this.cap.onFull(this.open.size)
    }
    if (this.refused >= REFUSED_AT_ONCE) return void socket.destroy()
    this.refused++
    socket.once('close', () => this.refused--)
    refuseSocket(socket, new Refusal('service_unavailable', { retryInSeconds: RETRY_S }))
  }

  private beginResponse(socket: Socket, response: ServerResponse): void {
    const exchange = new Exchange(response)
    this.begin(socket, exchange)
    this.signals.set(response, exchange.signal)
    if (this.leaving) exchange.sayLast()
    // Writing to a connection that just broke is not news: the signal tells.
    response.on('error', () => undefined)
    response.once('close', () => {
      exchange.abort(OVER)
      this.finish(socket, exchange)
    })
  }

  /** Whether every connection is closed, at the latest within `ms`. */
  private waitUntilEmpty(ms?: number): Promise<boolean> {
    if (this.open.size === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => settle(false), ms)
      const empty = (): void => settle(true)
      const settle = (isEmpty: boolean): void => {
        clearTimeout(timer)
        this.whenEmpty.delete(empty)
        resolve(isEmpty)
      }
      this.whenEmpty.add(empty)
    })
  }
}
