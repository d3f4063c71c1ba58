import type { Clock } from '@obb/core/clock'
import type { Taking } from '@obb/core/shared-buckets'
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

interface Bucket {
  tokens: number
  at: number
}

/**
 * Token buckets by name, in the memory of this process: each fills at a steady rate and lets a burst of all that it
 * holds through. What others take from the same bucket is told by `settle`.
 */
export class TokenBuckets {
  private readonly buckets: LRUCache<string, Bucket>
  private taken = new Map<string, number>()
  private readonly perMs: number
  private readonly isShared: boolean

  /** `capacity` ≥ 1, `perMinute` > 0. `isShared`: others take from them too, and `takings` are asked for. */
  constructor(
    private readonly clock: Clock,
    private readonly capacity: number,
    perMinute: number,
    { isShared = false, maxBuckets = MAX_BUCKETS } = {},
  ) {
    this.isShared = isShared
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
    if (taken) this.count(name, cost)
    return this.set(name, taken ? filled - cost : filled, taken, needed)
  }

  /** Takes them for what is done already, whether they are there or not. */
  charge(name: string, cost: number): Tokens {
    this.count(name, cost)
    return this.set(name, this.filled(name) - cost, true, 1)
  }

  /** Gives back a token that was taken for what turned out to need none. */
  giveBack(name: string): void {
    this.charge(name, -1)
  }

  /** What was taken since it was asked last. */
  takings(): Taking[] {
    const { capacity, perMs, taken } = this
    this.taken = new Map()
    return [...taken].map(([name, tokens]) => ({ name, tokens, capacity, perMs }))
  }

  /** `left`: tokens that all who take from it leave, but for what is taken here since `takings`. */
  settle(name: string, left: number): void {
    const since = this.taken.get(name) ?? 0
    this.buckets.set(name, { tokens: Math.max(left - since, -this.capacity), at: this.clock.now() })
  }

  private count(name: string, cost: number): void {
    if (this.isShared) this.taken.set(name, (this.taken.get(name) ?? 0) + cost)
  }

  private filled(name: string): number {
    const now = this.clock.now()
    const bucket = this.buckets.get(name) ?? { tokens: this.capacity, at: now }
    const since = Math.max(0, now - bucket.at) // a clock may be set back
    return Math.min(this.capacity, bucket.tokens + since * this.perMs)
  }

  /** A bucket owes no more than it holds, and holds no more. */
  private set(name: string, left: number, taken: boolean, needed: number): Tokens {
    const tokens = Math.min(Math.max(left, -this.capacity), this.capacity)
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
