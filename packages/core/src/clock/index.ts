/** Wall-clock time as everything in OBB sees it, so that tests can move it. */
export interface Clock {
  /** Epoch ms. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

export function dateOf(clock: Clock): Date {
  return new Date(clock.now())
}
