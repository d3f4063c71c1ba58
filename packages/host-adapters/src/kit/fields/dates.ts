/** Up to this a number is taken for seconds (year 5138), above for milliseconds. */
const MAX_SECONDS = 1e11
const MAX_MS = 8.64e15
const CLOCK =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i
const ZONE = /^([+-])(\d{2}):?(\d{2})$/

/**
 * A point in time as epoch ms: epoch seconds or milliseconds as number or digits, ISO 8601, or
 * `YYYY-MM-DD[ HH:MM:SS]`, which without a zone is on a clock that is `clockAheadMs` ahead of UTC (0).
 * Undefined for what is no date, 0 and negative numbers included: hosts mean "never" by them.
 */
export function timeOf(value: unknown, clockAheadMs = 0): number | undefined {
  if (typeof value === 'number') return epoch(value)
  if (typeof value !== 'string' || value.length > 64) return undefined
  const text = value.trim()
  if (/^\d{1,16}(\.\d{1,6})?$/.test(text)) return epoch(Number(text))
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] =
    CLOCK.exec(text) ?? []
  if (year === undefined) return undefined
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as Six
  const utc = Date.UTC(y, mo - 1, d, h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3)))
  const read = new Date(utc)
  const real = read.getUTCMonth() === mo - 1 && read.getUTCDate() === d && h < 24 && mi < 60 && s < 61
  return real && y > 0 ? utc - (zoneMs(zone) ?? clockAheadMs) : undefined
}

type Six = [number, number, number, number, number, number]

function epoch(number: number): number | undefined {
  if (!Number.isFinite(number) || number <= 0) return undefined
  const ms = number <= MAX_SECONDS ? Math.round(number * 1000) : Math.round(number)
  return ms <= MAX_MS ? ms : undefined
}

function zoneMs(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  const [, sign, hours, minutes] = ZONE.exec(zone) ?? []
  return sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
