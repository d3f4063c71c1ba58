import type { FetchProgress } from '@obb/core/fetches'

/** Weight of the latest second in the smoothed speed. */
const ALPHA = 0.3

/** What counts as crawling. */
export interface SpeedFloor {
  /** Bytes per second; 0 is no floor. */
  least: number
  /** Over this time, ms. */
  windowMs: number
}

/** Bytes that lie in the store or are on their way into it, and how fast they come. */
export class Progress {
  private bytes = 0
  private arrived = 0
  private speed: number | undefined
  /** Bytes that arrived from the host, those included that were thrown away. */
  fetched = 0
  private at: number
  private crawls = false
  private window: { at: number; arrived: number; waited: number }

  constructor(
    private readonly floor: SpeedFloor = { least: 0, windowMs: 0 },
    private readonly elapsed: () => number = () => performance.now(),
    /** Told of bytes as they arrive. */
    private readonly onArrival: (bytes: number) => void = () => undefined,
  ) {
    this.at = this.elapsed()
    this.window = { at: this.at, arrived: 0, waited: 0 }
  }

  /** Bytes that were there before. */
  start(bytes: number): void {
    this.bytes = bytes
  }

  add(count: number): void {
    this.bytes += count
    this.arrived += count
    this.window.arrived += count
    if (count <= 0) return
    this.fetched += count
    this.onArrival(count)
  }

  /** A connection has waited so long for its host, ms: what the store or a limit of ours takes is not of this. */
  waitedForHost(ms: number): void {
    this.window.waited += ms
  }

  /** As it was when last sampled. */
  get isCrawling(): boolean {
    return this.crawls
  }

  /** sample tells where the fetch stands; it is meant to be called about once a second. */
  sample(): FetchProgress {
    const now = this.elapsed()
    const seconds = (now - this.at) / 1000
    if (seconds > 0) {
      const latest = Math.max(0, this.arrived) / seconds
      this.speed = this.speed === undefined ? latest : ALPHA * latest + (1 - ALPHA) * this.speed
      this.arrived = 0
      this.at = now
    }
    this.look(now)
    return {
      bytesDone: Math.max(0, this.bytes),
      speed: this.speed === undefined ? null : Math.round(this.speed),
      crawls: this.crawls,
    }
  }

  private look(now: number): void {
    const { arrived, at, waited } = this.window
    const ms = now - at
    if (ms < this.floor.windowMs) return
    const isOfTheHost = waited > ms / 2
    this.crawls = isOfTheHost && arrived < (this.floor.least * ms) / 1000
    this.window = { at: now, arrived: 0, waited: 0 }
  }
}
