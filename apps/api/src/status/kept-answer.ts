import type { Clock } from '@obb/core/clock'
import type { Log } from '@obb/core/log'

/** How an answer is kept. */
interface Terms {
  /** What it is, for the log. */
  what: string
  /** How long it is good for, ms; a failure too, so that asking again and again is no more work. */
  ms: number
  /** How old it may be where none can be made, ms. */
  staleMs: number
  log: Pick<Log, 'warn'>
}

/**
 * An answer that is good for some time, however many ask: one of them has it made, and the others get the same. Where
 * making it fails, which is logged, they get the last one while that is not too old, and then the failure.
 */
export class KeptAnswer<T> {
  private kept: { answer: Promise<T>; until: number } | undefined
  private last: { value: T; at: number } | undefined

  constructor(
    private readonly clock: Clock,
    private readonly terms: Terms,
    private readonly make: () => Promise<T>,
  ) {}

  get(): Promise<T> {
    const now = this.clock.now()
    const { ms } = this.terms
    if (this.kept === undefined || this.kept.until <= now || this.kept.until > now + ms)
      this.kept = { answer: this.made(now), until: now + ms }
    return this.kept.answer
  }

  /** What changed is seen by the next who asks. */
  forget(): void {
    this.kept = undefined
  }

  private async made(at: number): Promise<T> {
    try {
      this.last = { value: await this.make(), at }
      return this.last.value
    } catch (error) {
      const { what, staleMs, log } = this.terms
      const reason = (error as Error).message
      if (!this.last || Math.abs(at - this.last.at) > staleMs) {
        log.warn({ what, reason }, 'status: not known')
        throw error
      }
      log.warn({ what, reason, since: new Date(this.last.at).toISOString() }, 'status: an old answer is told')
      return this.last.value
    }
  }
}
