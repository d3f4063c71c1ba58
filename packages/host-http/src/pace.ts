import { setTimeout as sleep } from 'node:timers/promises'
import type { HostHttp } from './host-http.js'

/** A token bucket: `burst` calls at once, then one per `minIntervalMs`. */
export interface RequestGate {
  minIntervalMs: number
  burst: number
}

export interface PaceClock {
  /** ms, in one direction. */
  now(): number
  /** Rejects with the signal's reason when it aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

const systemClock: PaceClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  },
}

/** Turnstile lets one call after the other through. */
export interface Turnstile {
  /** Resolves when it is the call's turn; rejects with the signal's reason when that aborts before. */
  turn(signal: AbortSignal | undefined, url: string): Promise<void>
}

/** A token bucket: `burst` calls at once, then one per `minIntervalMs`, in order of arrival. */
export class Pace implements Turnstile {
  /** When the bucket will be full again (the theoretical arrival time of GCRA). */
  private fullAt = -Infinity

  constructor(
    private readonly gate: RequestGate,
    private readonly clock: PaceClock = systemClock,
  ) {}

  /** Whether it is as good as a new one. */
  get isIdle(): boolean {
    return this.fullAt <= this.clock.now()
  }

  /** How many calls would get through at once. */
  get free(): number {
    const { minIntervalMs, burst } = this.gate
    if (minIntervalMs === 0) return Infinity
    const owed = Math.max(0, this.fullAt - this.clock.now())
    return Math.max(0, Math.floor(burst - owed / minIntervalMs))
  }

  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.clock.now()
    const { minIntervalMs, burst } = this.gate
    const fullAt = Math.max(this.fullAt, now)
    const wait = fullAt - (burst - 1) * minIntervalMs - now
    this.fullAt = fullAt + minIntervalMs
    if (wait > 0) await this.clock.wait(wait, signal)
  }
}

/** Servers that are remembered beyond those whose turn is still taken. */
const MAX_IDLE_HOSTNAMES = 1000

/** A pace of its own for each server: on foreign hostnames, every one of them is another host. */
export class PacePerHostname implements Turnstile {
  private readonly paces = new Map<string, Pace>()

  constructor(
    private readonly gate: RequestGate,
    private readonly clock: PaceClock = systemClock,
  ) {}

  turn(signal: AbortSignal | undefined, url: string): Promise<void> {
    const { hostname } = new URL(url)
    let pace = this.paces.get(hostname)
    if (pace === undefined) {
      this.forgetIdle()
      this.paces.set(hostname, (pace = new Pace(this.gate, this.clock)))
    }
    return pace.turn(signal)
  }

  private forgetIdle(): void {
    if (this.paces.size < MAX_IDLE_HOSTNAMES) return
    for (const [hostname, pace] of this.paces) if (pace.isIdle) this.paces.delete(hostname)
  }
}

/** Applies paces, of an account and of its platform, to API calls; downloads are not held up. */
export function pacedHttp(http: HostHttp, ...paces: readonly Turnstile[]): HostHttp {
  return {
    async request(request) {
      for (const pace of paces) await pace.turn(request.signal, request.url)
      return http.request(request)
    },
    open: (request) => http.open(request),
    stream: (request) => http.stream(request),
    connect: (target) => http.connect(target),
  }
}
