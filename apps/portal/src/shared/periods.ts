const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What is shown of the past: 24 hours, or 90 days of UTC, each with the present one. */
export type Window = 1 | 90

/** From one period to the next, ms. */
export const stepOf = (window: Window): number => (window === 1 ? HOUR_MS : DAY_MS)

/** Every period of a window, in its order, with what there is of it. `now`: epoch ms. */
export function everyPeriod<P extends { from: string }>(
  periods: readonly P[],
  window: Window,
  now: number,
): { from: number; period: P | undefined }[] {
  const step = stepOf(window)
  const count = window === 1 ? 24 : 90
  const byTime = new Map(periods.map((period) => [Date.parse(period.from), period]))
  const last = Math.floor(now / step) * step
  return Array.from({ length: count }, (_, place) => {
    const from = last - (count - 1 - place) * step
    return { from, period: byTime.get(from) }
  })
}
