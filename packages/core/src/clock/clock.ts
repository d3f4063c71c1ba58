/** Epoch ms as whoever is handed it sees it, so that tests can move it. */
export abstract class Clock {
  /** Epoch ms. */
  abstract now(): number
}

/**
 * This machine's own clock: for what stays in the process or goes into an HTTP date. What is compared with a row, or
 * written to one, goes by the DatabaseClock.
 */
export const systemClock: Clock = { now: () => Date.now() }

export function dateOf(clock: Clock): Date {
  return new Date(clock.now())
}
