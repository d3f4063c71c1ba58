import { setTimeout as sleep } from 'node:timers/promises'

/** What went unused so long ago cannot be caught up on, ms. */
const BURST_MS = 100

export interface BandwidthClock {
  /** Monotonic, ms. */
  now(): number
  /** Rejects with the signal's reason when it aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

const systemClock: BandwidthClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
  },
}

/**
 * A token bucket over all connections that share it. What a connection has read is paid for before it reads on, in
 * order of arrival, so the sum never exceeds the rate by more than a tenth of a second and what each had in its
 * buffer; a socket that is not read from makes its host send slower.
 */
export class Bandwidth {
  /** When everything that was read is paid for. */
  private paidAt = -Infinity

  constructor(
    private readonly bytesPerSecond: number,
    private readonly clock: BandwidthClock = systemClock,
  ) {}

  /** Resolves when `bytes` more may have come. Raises the signal's reason. */
  async pay(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.clock.now()
    this.paidAt = Math.max(this.paidAt, now - BURST_MS) + (bytes * 1000) / this.bytesPerSecond
    const wait = this.paidAt - now
    if (wait > 0) await this.clock.wait(wait, signal)
  }
}
