const MINUTE_MS = 60_000
/** Pauses between attempts, ms; the last one again and again. */
const PAUSES_MS = [1, 5, 15, 30, 60].map((minutes) => minutes * MINUTE_MS)

/** What could not be delivered for so long is given up, ms. */
export const PATIENCE_MS = 24 * 60 * MINUTE_MS

/** How long to wait after the `attempts`-th attempt, from 1 on, ms. */
export const pauseAfter = (attempts: number): number =>
  PAUSES_MS[Math.min(Math.max(attempts, 1), PAUSES_MS.length) - 1] ?? MINUTE_MS
