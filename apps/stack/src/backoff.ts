const FIRST_MS = 1_000
const LONGEST_MS = 30_000
/** Who ran this long has recovered. */
const STEADY_MS = 60_000

/** Waits between restarts: 1, 2, 4 … 30 s, from the beginning again after a minute of life. */
export class Backoff {
  private next = FIRST_MS

  /** ms to wait after a life of `livedMs`. */
  after(livedMs: number): number {
    if (livedMs >= STEADY_MS) this.next = FIRST_MS
    const wait = this.next
    this.next = Math.min(this.next * 2, LONGEST_MS)
    return wait
  }
}
