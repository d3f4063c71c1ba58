import { z } from 'zod'

/** bandwidth has a least value: what is far below any line is a slip of the unit. */
export const bandwidth = z
  .number()
  .int()
  .min(65_536)
  .nullish()
  .describe('Bytes per second that all fetchers together take; null is without a limit')

export const isoTime = (of: string) => z.string().describe(`${of}; ISO 8601, UTC`)
/** What operators see of a platform: its id. */
export const platformId = z.string().describe('Id of the platform, such as `RapidGator`')

/** removedSchema is the answer to a removal, which can be repeated. */
export const removedSchema = z.object({
  id: z.string().describe('Id that was asked for'),
  removed: z.boolean().describe('False: there was none, any more or at all'),
})
export type Removed = z.infer<typeof removedSchema>
