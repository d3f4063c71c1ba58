import type { QuietHours } from '@obb/contracts'

/** Whether nothing is to be sent at `now` (epoch ms), by the clock where somebody is. */
export function isQuiet({ from, until, timeZone }: QuietHours, now: number): boolean {
  const time = timeIn(timeZone, now)
  if (time === undefined) return false
  return from < until ? from <= time && time < until : from <= time || time < until
}

/** As `22:05`. Undefined where this process does not know the time zone, which may be of a later release. */
function timeIn(timeZone: string, now: number): string | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    return format.format(now)
  } catch {
    return undefined
  }
}
