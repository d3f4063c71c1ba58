import { parseBytes, parseDuration } from '@obb/contracts'
import { z } from 'zod'

export { parseBytes, parseDuration } from '@obb/contracts'

/** A setting that is written as a duration and read as ms. */
export const duration = z.string().transform((text, ctx) => {
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0) {
    ctx.addIssue('is not a duration such as 30s, 10m, 12h or 7d')
    return z.NEVER
  }
  return ms
})

/** A setting that is written as a size and read as bytes. */
export const bytes = z.string().transform((text, ctx) => {
  const count = parseBytes(text)
  if (count !== undefined && count > 0) return count
  ctx.addIssue('is not a size such as 500GB or 2TiB')
  return z.NEVER
})

const DURATION_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const
const SIZE_UNITS = [
  ...([
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['KB', 1e3],
  ] as const),
  ...([
    ['TiB', 2 ** 40],
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const),
]

/** `7d`: in the largest unit that goes into it. */
export function durationText(ms: number): string {
  const [unit, size] = DURATION_UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** `10GiB`: exactly, in the unit in which it is shortest. */
export function bytesText(bytes: number): string {
  const whole = SIZE_UNITS.filter(([, size]) => bytes > 0 && bytes % size === 0)
  const texts = [String(bytes), ...whole.map(([unit, size]) => `${bytes / size}${unit}`)]
  return texts.reduce((best, text) => (text.length < best.length ? text : best))
}
