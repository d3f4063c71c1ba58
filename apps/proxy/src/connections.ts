import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { TIMING, type Timing } from './ports.js'

/*
 * Who is connected and what is being answered on each connection. Two things are built on it:
 *
 * - every response has a signal that is aborted when its client is gone or the process has to stop, so that
 *   whatever works for the response can let go at once. It hangs on the socket, not on the response: a
 *   response that waits behind another one of the same connection never learns that the connection died.
 * - shutdown ends connections with FIN, never RST: downloaders resume after the first in a fraction of a
 *   second and wait minutes after the second. A socket that is closed with all it had to say handed to the
 *   system sends FIN behind its last byte.
 */
/** One for all: making an error for every response costs more than the rest of its bookkeeping. */
const OVER = new Error('the response is over')

/** What is being done for a connection. */
export interface Work {
  abort(reason: Error): void
}

@Injectable()
export class Connections implements OnModuleInit, BeforeApplicationShutdown {
  /** The responses under way on each open socket. */
  private readonly open = new Map<Socket, Set<Work>>()
  private readonly signals = new WeakMap<ServerResponse, AbortSignal>()
  private server: HttpServer | undefined
  private draining = false
  private whenEmpty: (() => void) | undefined

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  onModuleInit(): void {
    this.server = this.host.httpAdapter.getHttpServer() as HttpServer
    this.server.on('connection', (socket: Socket) => this.enter(socket))
    this.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.beginResponse(request.socket, response)
    })
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

  /** Accepts nobody new, lets answers finish for a while, and ends the rest short. */
  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true
    // http.Server.close would destroy connections whose last bytes are still on their way out.
    if (this.server?.listening === true) NetServer.prototype.close.call(this.server)
    for (const socket of this.open.keys()) if (!this.isBusy(socket)) socket.destroySoon()
    if (await this.emptied(this.timing.drain)) return
    for (const [socket, responses] of this.open) {
      for (const response of responses) response.abort(OVER)
      socket.destroySoon()
    }
    if (await this.emptied(this.timing.flush)) return
    for (const socket of this.open.keys()) socket.destroy()
  }

  private enter(socket: Socket): void {
    const responses = new Set<Work>()
    this.open.set(socket, responses)
    const leave = (): void => {
      for (const response of responses) response.abort(OVER)
    }
    socket.once('end', leave)
    socket.once('close', () => {
      this.open.delete(socket)
      leave()
      if (this.open.size === 0) this.whenEmpty?.()
    })
    if (this.draining) socket.destroySoon()
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

  get isDraining(): boolean {
    return this.draining
  }

  private beginResponse(socket: Socket, response: ServerResponse): void {
    const control = new AbortController()
    this.begin(socket, control)
    this.signals.set(response, control.signal)
    if (this.draining) response.shouldKeepAlive = false
    // Writing to a connection that just broke is not news: the signal tells.
    response.on('error', () => undefined)
    response.once('close', () => {
      control.abort(OVER)
      this.finish(socket, control)
    })
  }

  /** Whether every connection is closed within `ms`. */
  private emptied(ms: number): Promise<boolean> {
    if (this.open.size === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms)
      this.whenEmpty = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}
