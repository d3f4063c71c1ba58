import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'
import { BandwidthShares, type BandwidthDemand } from '@obb/core/scheduling'
import { WORKER_ID } from '../worker.module.js'
import { Bandwidth, BandwidthClock, type Limiter, allOf } from './bandwidth.js'

/** How soon a limit holds that was changed, and how often a share is claimed anew, ms. */
export const LOOK_MS = 1_000
/** Over less than this nobody can say what a fetch uses, ms. */
const MEASURED_MS = LOOK_MS / 2
/** Looks whose greatest use counts: hosts send in bursts. */
const REMEMBERED = 3
/** Whoever uses so much of its share could use more. */
const SATURATED = 0.9
/** ROOM is the factor by which one may use more without having to claim it first. */
const ROOM = 1.25

/** Shared holds what the fetches of this worker may take under one limit, and what they use of it. */
class Shared {
  readonly bandwidth: Bandwidth
  fetches = 0
  /** Demands of the last looks, the latest last; none since a fetch joined, of which nobody knows what it can use. */
  private demands: number[] = []
  private measured = { at: 0, paid: 0 }

  constructor(private readonly clock: BandwidthClock) {
    this.bandwidth = new Bandwidth(Infinity, clock)
    this.join()
  }

  join(): void {
    this.fetches++
    this.demands = []
    this.measured = { at: this.clock.now(), paid: this.bandwidth.paid }
  }

  claim(): BandwidthDemand {
    const now = this.clock.now()
    const { at, paid } = this.measured
    if (now - at >= MEASURED_MS) {
      const used = ((this.bandwidth.paid - paid) * 1000) / (now - at)
      const isSaturated = used >= SATURATED * this.bandwidth.bytesPerSecond
      this.demands = [...this.demands.slice(1 - REMEMBERED), isSaturated ? Infinity : ROOM * used]
      this.measured = { at: now, paid: this.bandwidth.paid }
    }
    const demand = this.demands.length === 0 ? Infinity : Math.max(...this.demands)
    return { fetches: this.fetches, demand }
  }
}

/** A fetch that runs under limits. */
export interface LimitedFetch {
  limiter: Limiter
  leave(): void
}

/**
 * What the fetches of this worker may take: all together, and under each platform and operator account its share
 * of what may be taken over all workers, which it claims anew by what it uses. Between two looks the last known shares
 * hold.
 */
@Injectable()
export class BandwidthLimits {
  private readonly own: readonly Bandwidth[]
  private readonly shared = new Map<string, Shared>()
  private looking: NodeJS.Timeout | undefined
  /** The look under way, and the one that begins after it: a share is claimed by one at a time. */
  private running: Promise<void> = Promise.resolve()
  private next: Promise<void> | undefined

  constructor(
    private readonly shares: BandwidthShares,
    @Inject(WORKER_ID) private readonly worker: string,
    @Inject(CONFIG) { FETCHER_BANDWIDTH: rate }: Pick<FetcherConfig, 'FETCHER_BANDWIDTH'>,
    @Inject(LOG) private readonly log: Log,
    private readonly clock: BandwidthClock,
  ) {
    this.own = rate === undefined ? [] : [new Bandwidth(rate, clock)]
  }

  /**
   * `names`: its platform and its operator account. What it may take is known before it begins, unless the database
   * is away, which is no reason not to begin: the next look will tell.
   */
  async join(names: readonly string[]): Promise<LimitedFetch> {
    const joined = names.map((name) => this.take(name))
    this.looking ??= setInterval(() => void this.look(), LOOK_MS).unref()
    await this.look()
    return {
      limiter: allOf([...this.own, ...joined]),
      leave: () => this.leave(names),
    }
  }

  private take(name: string): Bandwidth {
    const known = this.shared.get(name)
    known?.join()
    const shared = known ?? new Shared(this.clock)
    this.shared.set(name, shared)
    return shared.bandwidth
  }

  private leave(names: readonly string[]): void {
    for (const name of names) {
      const shared = this.shared.get(name)
      if (shared && --shared.fetches === 0) this.shared.delete(name)
    }
    void this.look() // what it had is the others' at once
    if (this.shared.size > 0) return
    clearInterval(this.looking)
    this.looking = undefined
  }

  private look(): Promise<void> {
    this.next ??= this.running.then(() => {
      this.next = undefined
      return (this.running = this.claim())
    })
    return this.next
  }

  private async claim(): Promise<void> {
    const asked = new Map(this.shared)
    const claims = new Map([...asked].map(([name, shared]) => [name, shared.claim()]))
    const set = (name: string, share: number): void => {
      const bandwidth = asked.get(name)?.bandwidth
      if (bandwidth !== undefined) bandwidth.bytesPerSecond = share
    }
    try {
      const shares = await this.shares.claim(this.worker, claims, set)
      for (const name of asked.keys()) set(name, shares.get(name) ?? Infinity)
    } catch (error) {
      this.log.warn(faultFields(error), 'bandwidth limits')
    }
  }
}
