import type { IoClock } from '../io.js'

const SHORTEST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000
const LONGEST_ASKED_MS = 60_000

/**
 * How long to go on when nothing gets better, for any number of connections together. A wait is as long as
 * it has been bad so far (1 to 30 s), which doubles it each time; a wait that the server asks for goes first
 * (up to a minute); after `limitMs` without success the fault itself is raised.
 */
export class RetryPatience {
  private goodAt: number

  constructor(
    private readonly clock: IoClock,
    private readonly limitMs: number,
  ) {
    this.goodAt = clock.now()
  }

  /** Something went well: waits start small again. */
  reset(): void {
    this.goodAt = this.clock.now()
  }

  /** Waits before another try. Raises `fault` when the time is up. */
  async wait(fault: unknown, signal: AbortSignal, askedMs?: number): Promise<void> {
    const badFor = this.clock.now() - this.goodAt
    const grown = Math.min(LONGEST_WAIT_MS, badFor)
    const ms = Math.max(SHORTEST_WAIT_MS, Math.min(askedMs ?? grown, LONGEST_ASKED_MS))
    if (badFor + ms > this.limitMs) throw fault
    await this.clock.sleep(ms, signal)
  }
}
