const LONGEST_MS = 30_000

/** Waits between restarts: the first one, then 1, 2, 4 … 30 s; from the beginning again after a steady life. */
export class Backoff {
  private next: number

  /** `first`: ms before the first restart. `steady`: who lived for so many ms has recovered. */
  constructor(
    private readonly first = 1_000,
    private readonly steady = 60_000,
  ) {
    this.next = first
  }

  /** ms to wait after a life of `livedMs`. */
  after(livedMs: number): number {
    if (livedMs >= this.steady) this.next = this.first
    const wait = this.next
    this.next = Math.min(Math.max(wait * 2, 1_000), LONGEST_MS)
    return wait
  }
}
