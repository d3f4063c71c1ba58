import type { Clock } from '@obb/core/clock'
import { LRUCache } from 'lru-cache'

/** Names that are remembered; a bucket that is forgotten is full again. */
const MAX_BUCKETS = 50_000

/** How a bucket stands after a request asked for a token. Times are whole seconds. */
export interface Tokens {
  taken: boolean
  /** Tokens in a full bucket. */
  limit: number
  remaining: number
  /** Until it is full again. */
  fullInSeconds: number
  /** Until the next token, if there is none. */
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

  take(name: string): Tokens {
    const now = this.clock.now()
    const bucket = this.buckets.get(name) ?? { tokens: this.capacity, at: now }
    const since = Math.max(0, now - bucket.at) // a clock may be set back
    const filled = Math.min(this.capacity, bucket.tokens + since * this.perMs)
    const taken = filled >= 1
    const tokens = taken ? filled - 1 : filled
    this.buckets.set(name, { tokens, at: now })
    return {
      taken,
      limit: this.capacity,
      remaining: Math.floor(tokens),
      fullInSeconds: Math.ceil((this.capacity - tokens) / this.perMs / 1000),
      nextInSeconds: Math.max(1, Math.ceil((1 - tokens) / this.perMs / 1000)),
    }
  }
}
