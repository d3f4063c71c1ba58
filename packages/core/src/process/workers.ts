import { type ChildProcess, fork } from 'node:child_process'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log/index.js'
import type { Measurements } from '../metrics/index.js'
import { Backoff } from './backoff.js'
import { type ListenAt, urlOf } from './listen-address.js'
import type { Running } from './run.js'

/*
 * Processes behind one port, or several. The ports belong to this process, which does nothing else: it accepts
 * connections and hands each of them to the worker that has waited longest for one. node:cluster does much the same, but closes the
 * port with the last worker, and loses the connection that a worker was just being given when it died.
 *
 * A worker takes one connection at a time and says so; until then the connection is ours, and goes to another one if
 * the worker ends. While nobody is free, connections wait here: nobody who comes is refused.
 */

/** ms that a connection waits for a worker at most. */
const PATIENCE_MS = 10_000
/** ms that a worker may take to be ready. */
const START_MS = 60_000
/** A worker that lived for so many ms is replaced at once. */
const STEADY_MS = 5_000
/** ms that a worker may take to tell what it measured. */
const MEASURE_MS = 5_000
/** ms between probes of a silent connection. */
const TCP_PROBE_MS = 60_000

export const WORKER_ARGUMENT = 'worker'

export interface WorkersOptions {
  count: number
  /** The module that a worker runs, with WORKER_ARGUMENT. */
  main: string
  log: Log
}

/** A connection, and the name of the listener that it came to. */
interface Incoming {
  socket: Socket
  listener: string
}

interface Worker {
  process: ChildProcess
  /** The connection that it is being given. */
  inHand: Incoming | undefined
  /** How it ended. */
  ended: Promise<string>
  born: number
}

/** One of `count` places for a worker; whatever changes it waits for the change before. */
class Place {
  readonly backoff = new Backoff(0, STEADY_MS)
  private last: Promise<unknown> = Promise.resolve()

  constructor(public worker: Worker) {}

  change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work)
    this.last = done.catch(() => undefined)
    return done
  }
}

export class Workers implements Running {
  private readonly all = new Set<Worker>()
  private readonly free = new Set<Worker>()
  private readonly waiting: Incoming[] = []
  private places: Place[] = []
  private env: NodeJS.ProcessEnv = process.env
  private readonly closed = new AbortController()
  private readonly servers = new Map<string, Server>()
  private restarting: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: WorkersOptions) {}

  /**
   * `listeners`: addresses and ports by names. Raises an error, and leaves nothing running, if one of the workers does
   * not start or a port cannot be had.
   */
  async start(listeners: Readonly<Record<string, ListenAt>>): Promise<void> {
    try {
      const workers = await Promise.all(Array.from({ length: this.options.count }, () => this.launch()))
      this.places = workers.map((worker) => new Place(worker))
      for (const place of this.places) this.keep(place)
      for (const [name, at] of Object.entries(listeners)) await this.listen(name, at)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  private async listen(listener: string, { host, port }: ListenAt): Promise<void> {
    const server = createServer(
      { pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_PROBE_MS },
      (socket) => this.accept({ socket, listener }),
    )
    this.servers.set(listener, server)
    server.listen(port, host)
    await once(server, 'listening')
  }

  /** The URLs that it can be reached at, without a path, by the names of the listeners. */
  get urls(): Record<string, string> {
    const entries = [...this.servers].map(([name, server]) => [name, urlOf(server.address() as AddressInfo)])
    return Object.fromEntries(entries) as Record<string, string>
  }

  /** That of the first one. */
  get url(): string {
    return Object.values(this.urls)[0] ?? ''
  }

  /**
   * One worker after the other is replaced by a new one, with `env` if that is given: once the new one is ready, the old
   * one is given nothing more, and ends when its last connection does. Raises an error if one does not start; the old
   * ones that are left go on.
   */
  restart(env?: Record<string, string>): Promise<number> {
    const done = this.restarting.then(() => this.restartAll(env))
    this.restarting = done.catch(() => undefined)
    return done
  }

  private async restartAll(env: NodeJS.ProcessEnv = this.env): Promise<number> {
    const before = this.env
    this.env = env
    try {
      for (const place of this.places) await place.change(() => this.succeed(place))
    } catch (error) {
      this.env = before
      throw error
    }
    return this.places.length
  }

  private async succeed(place: Place): Promise<void> {
    const old = place.worker
    place.worker = await this.launch()
    this.keep(place)
    this.free.delete(old)
    // One that is gone already has nothing to finish.
    old.process.send({ retire: true }, () => undefined)
  }

  /** What the workers measured, by the number of their place. One that does not tell in time is left out. */
  async measurements(): Promise<Map<string, Measurements>> {
    const told = await Promise.all(
      this.places.map(async ({ worker }, place) => [String(place), await this.ask(worker)] as const),
    )
    return new Map(told.flatMap(([place, measured]) => (measured ? [[place, measured] as const] : [])))
  }

  private async ask({ process: worker, ended }: Worker): Promise<Measurements | undefined> {
    let hear = (_message: { measured?: Measurements }): void => undefined
    const told = new Promise<Measurements>((resolve) => {
      hear = ({ measured }) => void (measured && resolve(measured))
      worker.on('message', hear)
    })
    worker.send({ measure: true }, () => undefined)
    const late = delay(MEASURE_MS, undefined, { ref: false })
    return Promise.race([told, late, ended.then(() => undefined)]).finally(() => worker.off('message', hear))
  }

  /** Every worker drains; resolves when all have ended. */
  async close(): Promise<void> {
    this.closed.abort()
    for (const server of this.servers.values()) server.close()
    for (const { socket } of this.waiting.splice(0)) socket.destroy()
    for (const { process: worker } of this.all) worker.kill('SIGTERM')
    await Promise.all([...this.all].map(({ ended }) => ended))
  }

  /** Resolves when it is ready. */
  private async launch(): Promise<Worker> {
    const child = fork(this.options.main, [WORKER_ARGUMENT], { env: this.env })
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(`a worker ended with ${signal ?? code}`))
    })
    const worker: Worker = { process: child, inHand: undefined, ended, born: performance.now() }
    this.all.add(worker)
    void ended.then(() => this.forget(worker))
    const ready = new Promise<true>((resolve) => {
      child.on('message', (message: { ready?: true; taken?: true }) => {
        if (message.ready) resolve(true)
        if (message.taken) this.recordTaken(worker)
      })
    })
    const late = delay(START_MS, 'a worker was not ready in time', { ref: false })
    const outcome = await Promise.race([ready, ended, late])
    if (outcome !== true || this.closed.signal.aborted) {
      child.kill('SIGKILL')
      throw new Error(outcome === true ? 'stopped while starting' : outcome)
    }
    this.free.add(worker)
    this.giveOut()
    return worker
  }

  /** Replaces the worker of a place when it ends, at once for the first time. */
  private keep(place: Place): void {
    const { worker } = place
    const isOver = (): boolean => place.worker !== worker || this.closed.signal.aborted
    const replace = async (): Promise<void> => {
      let lived = performance.now() - worker.born
      while (!isOver()) {
        await delay(place.backoff.after(lived), undefined, { signal: this.closed.signal })
        lived = 0
        try {
          place.worker = await this.launch()
          this.keep(place)
        } catch (error) {
          if (!isOver())
            this.options.log.error({ reason: (error as Error).message }, 'a worker did not start')
        }
      }
    }
    void worker.ended.then((reason) => {
      if (isOver()) return
      this.options.log.error({ reason }, 'a worker is replaced')
      place.change(replace).catch(() => undefined) // its delay ends with us
    })
  }

  private accept(incoming: Incoming): void {
    const { socket } = incoming
    socket.on('error', () => undefined)
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    this.waiting.push(incoming)
    this.giveOut()
  }

  private giveOut(): void {
    while (this.free.size > 0) {
      const incoming = this.waiting.shift()
      if (incoming === undefined) return
      const { socket, listener } = incoming
      if (socket.destroyed) continue
      const [worker] = this.free
      if (worker === undefined) return
      this.free.delete(worker)
      worker.inHand = incoming
      // That it could not be sent shows in that the worker ends.
      worker.process.send({ connection: listener }, socket, { keepOpen: true }, () => undefined)
    }
  }

  private recordTaken(worker: Worker): void {
    if (!this.all.has(worker)) return // it ended meanwhile, and its word came late
    worker.inHand?.socket.destroy() // ours; the worker has its own
    worker.inHand = undefined
    if (this.places.some((place) => place.worker === worker)) this.free.add(worker)
    this.giveOut()
  }

  private forget(worker: Worker): void {
    this.all.delete(worker)
    this.free.delete(worker)
    if (worker.inHand !== undefined) this.waiting.unshift(worker.inHand)
    worker.inHand = undefined
    this.giveOut()
  }
}
