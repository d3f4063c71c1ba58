import type { Clock } from '@obb/core/clock'

/**
 * An answer that is good for some time, however many ask: one of them has it made, and the others get the same. Where
 * making it fails they get the last one, and without one the failure.
 */
export class KeptAnswer<T> {
  private kept: { answer: Promise<T>; until: number } | undefined
  private last: { value: T } | undefined

  /** `ms`: how long an answer is good for; a failure too, so that asking again and again is no more work. */
  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly make: () => Promise<T>,
  ) {}

  get(): Promise<T> {
    const now = this.clock.now()
    if (this.kept === undefined || this.kept.until <= now || this.kept.until > now + this.ms)
      this.kept = { answer: this.made(), until: now + this.ms }
    return this.kept.answer
  }

  /** What changed is seen by the next who asks. */
  forget(): void {
    this.kept = undefined
  }

  private async made(): Promise<T> {
    try {
      this.last = { value: await this.make() }
    } catch (error) {
      if (!this.last) throw error
    }
    return this.last.value
  }
}
