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
