import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { TokenBuckets, type Tokens } from './token-buckets.js'

/** Token of the requests of a key per minute. */
export const RATE_LIMIT = Symbol('RateLimit')

/** Shares of a key's requests per minute: those that may make a host be asked, and keys that are wrong. */
const ASKING_SHARE = 0.4
const FAILURE_SHARE = 0.2
/** Polls of one link per minute. The shortest advised pace is 30; only a client gone wild meets this. */
const POLLS_PER_MINUTE = 1_200

/** Which bucket a route takes from. `polling` has one per link, so that no other request slows it down. */
export type RateKind = 'general' | 'asking' | 'polling'

/**
 * How often the gateway may be called: per key, per key and link for polling, and per remote address for keys
 * that are wrong. Each process counts for itself.
 */
@Injectable()
export class RateLimits {
  private readonly buckets: Record<RateKind | 'failure', TokenBuckets> | undefined

  /** `perMinute`: requests of a key, all of which may come at once; 0 switches all limits off. */
  constructor(clock: Clock, @Inject(RATE_LIMIT) perMinute: number) {
    if (perMinute === 0) return
    const of = (count: number) => new TokenBuckets(clock, Math.ceil(count), Math.ceil(count))
    this.buckets = {
      general: of(perMinute),
      asking: of(perMinute * ASKING_SHARE),
      polling: of(POLLS_PER_MINUTE),
      failure: of(perMinute * FAILURE_SHARE),
    }
  }

  /** Takes a token; undefined without limits. `of`: the account, with the link if it polls. */
  take(rate: RateKind, of: string): Tokens | undefined {
    return this.buckets?.[rate].take(of)
  }

  /**
   * Counts a wrong key. Raises Refusal `rate_limited` if too many came from there; a valid key from the same
   * address is not held up, since many users may share it.
   */
  countWrongKey(address: string): void {
    assertTaken(this.buckets?.failure.take(address))
  }

  /** Counts a link that does not exist, which no polling of a link of its own would slow down. */
  countUnknownLink(accountId: string): void {
    assertTaken(this.take('general', accountId))
  }
}

export function assertTaken(tokens: Tokens | undefined): void {
  if (tokens?.taken === false) throw new Refusal('rate_limited', { retryInSeconds: tokens.nextInSeconds })
}

/** Fields of draft-ietf-httpapi-ratelimit-headers-06; seconds. */
export function rateHeaders({ limit, remaining, fullInSeconds }: Tokens): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(fullInSeconds),
  }
}
