/** After so long a burst counts for a third, s. */
const MEMORY_S = 2

/** How fast bytes come, smoothed over the last seconds. */
export class Rate {
  private value = 0
  private at: number
  private readonly begun: number

  constructor(private readonly elapsed: () => number = () => performance.now()) {
    this.begun = this.at = elapsed()
  }

  add(bytes: number): void {
    this.decay()
    this.value += bytes / MEMORY_S
  }

  /** Bytes per second; 0 before any came. */
  get perSecond(): number {
    this.decay()
    const age = (this.at - this.begun) / 1000
    // Young, it has forgotten nothing yet, and would show too little.
    return age <= 0 ? 0 : this.value / (1 - Math.exp(-age / MEMORY_S))
  }

  private decay(): void {
    const now = this.elapsed()
    this.value *= Math.exp(-(now - this.at) / 1000 / MEMORY_S)
    this.at = now
  }
}
