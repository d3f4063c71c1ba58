import type { Route } from './client-pool.js'
import type { ConnectTarget } from './undici.js'
import { Wire } from './wire.js'

const IDLE_MS = 4_000
/** Wires that get large buffers: as many as the connections of one file. */
const LARGE = 16
/** Bytes of each of a wire's two buffers, by how many wires there are before it: 128 of them take 13 MiB. */
const halfBytes = (wires: number): number => (wires < LARGE ? 192 * 1024 : 32 * 1024)
/** Buffers kept for the next wire. */
const MAX_SPARE = 32

/** A wire for one exchange. */
export interface WireLease {
  readonly wire: Wire
  /** It has carried an exchange before, and may have been closed by the host meanwhile. */
  readonly used: boolean
  /** Keeps it for the next exchange, or closes it. Counts once. */
  end(outcome: 'reuse' | 'close'): void
}

/** Keep-alive wires per route and origin, each leased exclusively. Idle ones close by themselves after 4 s. */
export class WirePool {
  private readonly idle = new Map<string, Wire[]>()
  private readonly all = new Set<Wire>()
  private readonly spare = new Map<number, Buffer[]>()
  private readonly timers = new Map<Wire, NodeJS.Timeout>()

  /** Raises what the connector raises, or the signal's reason. `fresh`: not one that was used before. */
  async lease(route: Route, url: URL, signal: AbortSignal, fresh = false): Promise<WireLease> {
    const key = `${route.key} ${url.origin}`
    const kept = fresh ? undefined : this.takeIdle(key)
    const wire = kept ?? (await this.dial(route, url, signal))
    let ended = false
    return {
      wire,
      used: kept !== undefined,
      end: (outcome) => {
        if (ended) return
        ended = true
        if (outcome === 'reuse' && wire.isFresh) this.keep(key, wire)
        else this.drop(wire)
      },
    }
  }

  destroy(): void {
    this.idle.clear()
    for (const wire of this.all) this.drop(wire)
    this.spare.clear()
  }

  private takeIdle(key: string): Wire | undefined {
    for (const kept = this.idle.get(key) ?? []; ;) {
      const wire = kept.pop()
      if (!wire) {
        this.idle.delete(key)
        return undefined
      }
      clearTimeout(this.timers.get(wire))
      this.timers.delete(wire)
      if (wire.isFresh) return wire
      this.drop(wire)
    }
  }

  private keep(key: string, wire: Wire): void {
    this.idle.set(key, [...(this.idle.get(key) ?? []), wire])
    const late = (): void => {
      const rest = (this.idle.get(key) ?? []).filter((other) => other !== wire)
      if (rest.length === 0) this.idle.delete(key)
      else this.idle.set(key, rest)
      this.drop(wire)
    }
    this.timers.set(wire, setTimeout(late, IDLE_MS).unref())
  }

  private drop(wire: Wire): void {
    clearTimeout(this.timers.get(wire))
    this.timers.delete(wire)
    this.all.delete(wire)
    wire.close()
  }

  private async dial(route: Route, url: URL, signal: AbortSignal): Promise<Wire> {
    const size = halfBytes(this.all.size)
    const buffers = [this.buffer(size), this.buffer(size)] as const
    const wire = new Wire(buffers, url.protocol === 'https:', (back) => this.put(back))
    this.all.add(wire)
    const { hostname, host, protocol, port } = url
    const target: ConnectTarget = { hostname, host, protocol, port }
    const cut = new AbortController()
    const abort = (): void => cut.abort()
    signal.addEventListener('abort', abort, { once: true })
    try {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(signal.reason as Error)
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop, { once: true })
        route.connect(
          target,
          cut.signal,
          (error, socket) => {
            signal.removeEventListener('abort', stop)
            if (error) return reject(error)
            if (signal.aborted || !this.all.has(wire)) socket.destroy()
            wire.attach(socket)
            resolve()
          },
          wire.onread,
        )
      })
      return wire
    } catch (error) {
      this.all.delete(wire)
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  private buffer(size: number): Buffer {
    return this.spare.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size)
  }

  private put(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) {
      const same = this.spare.get(buffer.length) ?? []
      if (same.length < MAX_SPARE) this.spare.set(buffer.length, [...same, buffer])
    }
  }
}
