import { Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { assertTaken } from '../callers/rate-limits.js'
import { TokenBuckets } from '../callers/token-buckets.js'

/** Guesses from one network, whatever they are about. */
const OF_NETWORK = { burst: 30, perMinute: 10 }
/** Guesses about one thing from one network, and from all together: who guesses from many is slowed down, too. */
const OF_NETWORK_AT_ONE = { burst: 10, perMinute: 2 }
const AT_ONE = { burst: 60, perMinute: 6 }
/** Guesses at one account's codes of six digits, three of which are right at a time: one in 1 300 is hit in a day. */
const AT_CODES = { burst: 10, perMinute: 1 / 6 }

/**
 * What is no guess at a password, each kind for itself: what a network is given for the asking, and what nobody can
 * guess. Any page may have the browsers of its visitors send some of it, which must keep nobody from signing in.
 */
const APART = {
  /** For passkeys: whoever opens the page to sign in asks for one. */
  challenge: { burst: 60, perMinute: 30 },
  oidcAttempt: { burst: 30, perMinute: 10 },
  oidcReturn: { burst: 30, perMinute: 10 },
  deviceCode: { burst: 30, perMinute: 10 },
  deviceToken: { burst: 30, perMinute: 10 },
}
type Apart = keyof typeof APART

/**
 * How often somebody may guess a password, a code or a token. Also with RATE_LIMIT 0, which is about load. Each process
 * counts for itself.
 */
@Injectable()
export class GuessLimits {
  private readonly ofNetwork: TokenBuckets
  private readonly ofNetworkAtOne: TokenBuckets
  private readonly atOne: TokenBuckets
  private readonly atCodes: TokenBuckets
  private readonly apart: Record<Apart, TokenBuckets>

  constructor(clock: Clock) {
    const of = ({ burst, perMinute }: typeof AT_ONE): TokenBuckets =>
      new TokenBuckets(clock, burst, perMinute)
    this.ofNetwork = of(OF_NETWORK)
    this.ofNetworkAtOne = of(OF_NETWORK_AT_ONE)
    this.atOne = of(AT_ONE)
    this.atCodes = of(AT_CODES)
    this.apart = {
      challenge: of(APART.challenge),
      oidcAttempt: of(APART.oidcAttempt),
      oidcReturn: of(APART.oidcReturn),
      deviceCode: of(APART.deviceCode),
      deviceToken: of(APART.deviceToken),
    }
  }

  /**
   * Counts a guess before it is looked at, so that many at once are as many. `what`: whose password, or which code;
   * without, what nobody can guess. Calling what it gives takes the guess back: it was right. Raises Refusal
   * `rate_limited`.
   */
  count(network: string, what?: string): () => void {
    const buckets: [TokenBuckets, string][] = [[this.ofNetwork, network]]
    if (what !== undefined) buckets.push([this.ofNetworkAtOne, `${network} ${what}`], [this.atOne, what])
    return this.take(buckets)
  }

  /** The same for a code of six digits of `whose` second factor. */
  countCode(network: string, whose: string): () => void {
    return this.take([
      [this.ofNetwork, network],
      [this.atCodes, whose],
    ])
  }

  /** The same for what is no guess at a password. */
  countApart(what: Apart, network: string): () => void {
    return this.take([[this.apart[what], network]])
  }

  private take(buckets: readonly [TokenBuckets, string][]): () => void {
    for (const [bucket, name] of buckets) assertTaken(bucket.take(name))
    return () => {
      for (const [bucket, name] of buckets) bucket.giveBack(name)
    }
  }
}
