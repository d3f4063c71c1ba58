import type { Clock } from '@obb/core/clock'
import { LRUCache } from 'lru-cache'

/** Names that are remembered; a bucket that is forgotten is full again. */
const MAX_BUCKETS = 50_000

/** How a bucket stands after a request asked for tokens. Times are whole seconds. */
export interface Tokens {
  taken: boolean
  /** Tokens in a full bucket. */
  limit: number
  remaining: number
  /** Until it is full again. */
  fullInSeconds: number
  /** Until there are as many as were asked for. */
  nextInSeconds: number
}

/**
 * Token buckets by name, in the memory of this process: each fills at a steady rate and lets a burst of all that
 * it holds through.
 */
export class TokenBuckets {
  private readonly buckets: LRUCache<string, { tokens: number; at: number }>
  private readonly perMs: number

  /** `capacity` ≥ 1, `perMinute` > 0 */
  constructor(
    private readonly clock: Clock,
    private readonly capacity: number,
    perMinute: number,
    maxBuckets = MAX_BUCKETS,
  ) {
    this.buckets = new LRUCache({ max: maxBuckets })
    this.perMs = perMinute / 60_000
  }

  /**
   * Takes `cost` ≥ 0 tokens if there are as many. What costs more than half a bucket needs that half, and the bucket
   * owes the rest: it can be had, and what comes next waits the longer.
   */
  take(name: string, cost = 1): Tokens {
    const needed = Math.min(cost, Math.max(1, this.capacity / 2))
    const filled = this.filled(name)
    const taken = filled >= needed
    return this.set(name, taken ? filled - cost : filled, taken, needed)
  }

  /** Takes them for what is done already, whether they are there or not. */
  charge(name: string, cost: number): Tokens {
    return this.set(name, this.filled(name) - cost, true, 1)
  }

  private filled(name: string): number {
    const now = this.clock.now()
    const bucket = this.buckets.get(name) ?? { tokens: this.capacity, at: now }
    const since = Math.max(0, now - bucket.at) // a clock may be set back
    return Math.min(this.capacity, bucket.tokens + since * this.perMs)
  }

  /** A bucket owes no more than it holds. */
  private set(name: string, left: number, taken: boolean, needed: number): Tokens {
    const tokens = Math.max(left, -this.capacity)
    this.buckets.set(name, { tokens, at: this.clock.now() })
    return {
      taken,
      limit: this.capacity,
      remaining: Math.max(0, Math.floor(tokens)),
      fullInSeconds: Math.ceil((this.capacity - tokens) / this.perMs / 1000),
      nextInSeconds: Math.max(1, Math.ceil((needed - tokens) / this.perMs / 1000)),
    }
  }
}
