import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { type Release, Semaphore } from '@obb/core/semaphore'
import { TIMING, type Timing } from '../ports.js'

/** Clients open a connection or two beyond what they are told while they replace one. */
const SPARE = 2
/** Requests of one link that may wait; clients open a few dozen connections at most. */
const MAX_WAITING = 64
/** Seconds for Retry-After. */
const RETRY = 5

/**
 * How many answers of one link are sent at the same time: `maxChunks` and two more are never refused. The next ones
 * wait for a place in their order, and after a while get 503 with Retry-After; a 429 or a cut connection would make
 * clients give up the whole download. Counted per process.
 */
@Injectable()
export class LinkConnectionLimit {
  /** Places of the links that are in use, by link. */
  private readonly links = new Map<string, Semaphore>()

  constructor(@Inject(TIMING) private readonly timing: Timing) {}

  /** Resolves with what gives the place back, once. Raises the signal's reason, or the refusal. */
  async take(linkId: string, maxChunks: number, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted()
    const places = this.of(linkId, maxChunks)
    return this.releaserOf(linkId, places, places.tryAcquire() ?? (await this.wait(places, signal)))
  }

  /** The same where a place is free; undefined where it would have to be waited for. */
  takeNow(linkId: string, maxChunks: number): Release | undefined {
    const places = this.of(linkId, maxChunks)
    const release = places.tryAcquire()
    return release && this.releaserOf(linkId, places, release)
  }

  private of(linkId: string, maxChunks: number): Semaphore {
    let places = this.links.get(linkId)
    if (places === undefined) this.links.set(linkId, (places = new Semaphore(maxChunks + SPARE)))
    return places
  }

  private async wait(places: Semaphore, signal: AbortSignal): Promise<Release> {
    const busy = (): Refusal => new Refusal('service_unavailable', { retryInSeconds: RETRY })
    if (places.waiting >= MAX_WAITING) throw busy()
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(busy()), this.timing.place)
    try {
      return await places.acquire(AbortSignal.any([signal, late.signal]))
    } finally {
      clearTimeout(timer)
    }
  }

  private releaserOf(linkId: string, places: Semaphore, release: Release): Release {
    return () => {
      release()
      if (places.isIdle && this.links.get(linkId) === places) this.links.delete(linkId)
    }
  }
}
