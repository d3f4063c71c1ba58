import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { networkOf } from '@obb/core/process'
import { SharedBuckets } from '@obb/core/shared-buckets'
import { TokenBuckets, type Tokens } from './token-buckets.js'

/** Token of the requests of a key per minute. */
export const RATE_LIMIT = Symbol('RateLimit')

/** Shares of a key's tokens per minute: those for what may make a host be asked, and those for keys that are wrong. */
const ASKING_SHARE = 0.4
const FAILURE_SHARE = 0.2
/** Polls of all links of an account, beyond those of one, as a multiple of a key's tokens. */
const POLLS_FACTOR = 10
/** Polls of one link per minute. The shortest advised pace is 30; only a client gone wild meets this. */
const POLLS_PER_MINUTE = 1_200

/** Copies of all that is known of an account, which costs what it has: so many a minute. */
const EXPORTS_PER_MINUTE = 1

/** Buckets that are settled in one go. */
const AT_ONCE = 500

/** Bytes of a body that one token is for. */
export const BYTES_PER_TOKEN = 64 * 1024
/** Links of a folder in an answer that one token is for. */
export const LINKS_PER_TOKEN = 100
/** Tokens for an explanation: every gate is asked about. */
export const EXPLAIN_TOKENS = 5

/**
 * Which bucket a route takes from. `asking` is apart, so that who checks thousands of links can still look at his
 * account, which clients take for broken otherwise. `polling` has one per link, so that no other request slows it down,
 * and one for all links of an account.
 */
export type RateKind = 'general' | 'asking' | 'polling' | 'export'

/** What a request does beyond what it was let in for, in tokens of the bucket that it took its first one from. */
export interface Meter {
  /** For what is still to be done, as `TokenBuckets.take`. Raises Refusal `rate_limited`. */
  take(tokens: number): void
  /** For what turned out, and is done. */
  charge(tokens: number): void
}

/**
 * How much the gateway may be made to do, in tokens: one for each request and each URL of a check, more for long bodies
 * and answers. Per key, per key and link for polling, and per network for keys that are wrong. Each process counts for
 * itself, and learns by `settle` what others counted.
 */
@Injectable()
export class RateLimits {
  private readonly buckets: Record<RateKind | 'polls' | 'failure', TokenBuckets> | undefined

  /** `perMinute`: tokens of a key, all of which may be taken at once; 0 switches all limits off. */
  constructor(
    clock: Clock,
    @Inject(RATE_LIMIT) perMinute: number,
    @Inject(SharedBuckets) private readonly shared: Pick<SharedBuckets, 'isShared' | 'settle'>,
  ) {
    if (perMinute === 0) return
    const of = (count: number, isShared = shared.isShared) =>
      new TokenBuckets(clock, Math.ceil(count), Math.ceil(count), { isShared })
    this.buckets = {
      general: of(perMinute),
      asking: of(perMinute * ASKING_SHARE),
      polling: of(POLLS_PER_MINUTE, false), // of all links together `polls` tells
      polls: of(POLLS_PER_MINUTE + perMinute * POLLS_FACTOR),
      failure: of(perMinute * FAILURE_SHARE),
      export: of(EXPORTS_PER_MINUTE),
    }
  }

  /** Tells other processes what was taken here, and learns what they took. Raises an Error while Redis is away. */
  async settle(): Promise<void> {
    const taken = Object.entries(this.buckets ?? {}).flatMap(([kind, buckets]) =>
      buckets.takings().map((taking) => ({ buckets, kind, taking })),
    )
    for (let from = 0; from < taken.length; from += AT_ONCE) {
      const page = taken.slice(from, from + AT_ONCE)
      const named = page.map(({ kind, taking }) => ({ ...taking, name: `${kind} ${taking.name}` }))
      for (const [each, left] of (await this.shared.settle(named)).entries()) {
        const { buckets, taking } = page[each]!
        buckets.settle(taking.name, left)
      }
    }
  }

  /**
   * The meter of a request of an account, which polls this link if it polls. `tell`: how the bucket stands after each
   * of its calls.
   */
  meter(rate: RateKind, accountId: string, linkId: string, tell: (tokens: Tokens) => void): Meter {
    const bucket = this.buckets?.[rate]
    const of = rate === 'polling' ? `${accountId} ${linkId}` : accountId
    return {
      take: (tokens) => {
        if (tokens === 0 || !bucket) return
        const taken = bucket.take(of, tokens)
        tell(taken)
        assertTaken(taken)
        if (rate === 'polling') assertTaken(this.buckets?.polls.take(accountId, tokens))
      },
      charge: (tokens) => {
        if (tokens > 0 && bucket) tell(bucket.charge(of, tokens))
      },
    }
  }

  /**
   * Counts a wrong key. Raises Refusal `rate_limited` if too many came from the network of this address; a valid key
   * from there is not held up, since many users may share it.
   */
  countWrongKey(address: string): void {
    assertTaken(this.buckets?.failure.take(networkOf(address)))
  }

  /** Counts a link that does not exist, which no polling of a link of its own would slow down. */
  countUnknownLink(accountId: string): void {
    assertTaken(this.buckets?.general.take(accountId))
  }
}

/** Raises Refusal `rate_limited` where there was nothing to take. */
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
