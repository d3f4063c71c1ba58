import type { FetchProgress } from '@obb/core/fetches'

/** Weight of the latest second in the smoothed speed. */
const ALPHA = 0.3

/** Bytes that lie in the store or are on their way into it, and how fast they come. */
export class Progress {
  private bytes = 0
  private arrived = 0
  private speed: number | undefined
  private at: number

  constructor(private readonly elapsed: () => number = () => performance.now()) {
    this.at = this.elapsed()
  }

  /** Bytes that were there before. */
  start(bytes: number): void {
    this.bytes = bytes
  }

  add(count: number): void {
    this.bytes += count
    this.arrived += count
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
    return {
      bytesDone: Math.max(0, this.bytes),
      speed: this.speed === undefined ? null : Math.round(this.speed),
    }
  }
}
