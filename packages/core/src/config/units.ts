import { parseDuration } from '@obb/contracts'
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
