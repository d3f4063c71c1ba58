import { formatBytes, formatRelative, formatTime } from './format.js'
import { useNow } from './use-now.js'

const MINUTE_MS = 60_000

/** A size, with the number of bytes for who wants to know. */
export function Bytes({ value }: { value: number | string }) {
  return <span title={`${Number(value)} B`}>{formatBytes(Number(value))}</span>
}

/** When, as one would say it, with the exact time for who wants to know. `at`: epoch ms or ISO 8601. */
export function Time({ at }: { at: number | string }) {
  const now = useNow()
  const time = new Date(at).getTime()
  // The clock goes in half minutes: seconds would be wrong as soon as they are read.
  const shown = Math.abs(time - now) < MINUTE_MS ? now : time
  return (
    <time dateTime={new Date(at).toISOString()} title={formatTime(at)}>
      {formatRelative(shown, now)}
    </time>
  )
}

export function ExactTime({ at }: { at: number | string }) {
  return <time dateTime={new Date(at).toISOString()}>{formatTime(at)}</time>
}
