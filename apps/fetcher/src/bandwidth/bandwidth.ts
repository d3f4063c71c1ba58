import { setTimeout as sleep } from 'node:timers/promises'

/** BURST_MS is how long what went unused can still be caught up on, ms. */
const BURST_MS = 100
/** Bytes. */
const ROUNDING = 0.001
/** How soon who waits notices another rate, ms. */
const LOOK_MS = 200

export abstract class BandwidthClock {
  /** Monotonic, ms. */
  abstract now(): number
  /** Rejects with the signal's reason when it aborts. */
  abstract wait(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: BandwidthClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
  },
}

/** Lets bytes through as fast as it may. */
export interface Limiter {
  /** Resolves when `bytes` more may have come. Raises the signal's reason. */
  pay(bytes: number, signal: AbortSignal): Promise<void>
}

/** Each limit is paid at once, so that the tightest decides and none is made tighter by another. */
export function allOf(limiters: readonly Limiter[]): Limiter {
  return {
    pay: async (bytes, signal) => {
      await Promise.all(limiters.map((limiter) => limiter.pay(bytes, signal)))
    },
  }
}

/**
 * A token bucket over all connections that share it. What a connection has read is paid for before it reads on, in
 * order of arrival, so the sum never exceeds the rate by more than a tenth of a second and what each had in its
 * buffer; a socket that is not read from makes its host send slower. A rate that changes holds within a moment for
 * those who wait already.
 */
export class Bandwidth implements Limiter {
  /** Bytes that were read, and those of them that may have been read by `at`; ahead of it is what is saved up. */
  private read = 0
  private allowed = 0
  private at = -Infinity
  private rate: number

  constructor(
    bytesPerSecond: number,
    private readonly clock: BandwidthClock = systemClock,
  ) {
    this.rate = bytesPerSecond
  }

  /** Bytes paid for so far. */
  get paid(): number {
    return this.read
  }

  /** Infinity is without a limit, 0 lets nothing through. */
  get bytesPerSecond(): number {
    return this.rate
  }

  set bytesPerSecond(rate: number) {
    this.settle()
    this.rate = rate
  }

  async pay(bytes: number, signal: AbortSignal): Promise<void> {
    this.settle()
    const upTo = (this.read += bytes)
    for (;;) {
      const missing = upTo - this.allowed
      if (missing <= ROUNDING || this.rate === Infinity) return
      await this.clock.wait(Math.min((missing * 1000) / this.rate, LOOK_MS), signal)
      this.settle()
    }
  }

  private settle(): void {
    const now = this.clock.now()
    const { at, rate, read } = this
    this.at = now
    if (rate === Infinity) this.allowed = read
    else {
      const saved = (rate * BURST_MS) / 1000
      const come = at === -Infinity ? saved : (rate * (now - at)) / 1000
      this.allowed = Math.min(this.allowed + come, read + saved)
    }
  }
}
