const DAY_MS = 86_400_000

export interface LatestDay {
  /** `2026-11-30` */
  day: string
  begins: Date
}

/**
 * The latest days of a time zone of IANA, the oldest first, today last. A day begins at midnight there, or where the
 * clock leaps over midnight as soon as it has. `now`: epoch ms.
 */
export function latestDays(count: number, timeZone: string, now: number): LatestDay[] {
  const wallClock = wallClockOf(timeZone)
  const today = Math.floor(wallClock(now) / DAY_MS) * DAY_MS
  return Array.from({ length: count }, (_each, place) => {
    const midnight = today - (count - 1 - place) * DAY_MS
    // What the zone is ahead by is asked for where midnight is about, and once more where it is then.
    const about = midnight - (wallClock(midnight) - midnight)
    const begins = midnight - (wallClock(about) - about)
    const isBefore = wallClock(begins) < midnight // no clock showed this midnight
    return { day: new Date(midnight).toISOString().slice(0, 10), begins: new Date(isBefore ? about : begins) }
  })
}

/** What a clock on the wall shows, as if it were UTC's, epoch ms; whole seconds. */
function wallClockOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    ...{
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    },
  })
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
}
