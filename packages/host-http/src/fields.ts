const MIN_RETRY_MS = 1_000
const MAX_RETRY_MS = 3_600_000

/**
 * `Retry-After` (RFC 9110 §10.2.3), seconds or an HTTP date, as epoch ms; never sooner than 1 s nor later
 * than 1 h from `now`. Undefined when absent or unreadable.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (text === '') return undefined
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  if (Number.isNaN(delay)) return undefined
  return now + Math.min(Math.max(delay, MIN_RETRY_MS), MAX_RETRY_MS)
}
