import { z } from 'zod'

export const hostHistoryQuerySchema = z.strictObject({
  days: z
    .enum(['1', '90'])
    .default('1')
    .transform(Number)
    .describe('`1`: the last 24 hours, by hour; `90`: by day of UTC'),
})
export type HostHistoryQuery = z.output<typeof hostHistoryQuerySchema>

export const hostHistorySchema = z.object({
  hosts: z
    .array(
      z.object({
        platform: z.string().describe('Id of the platform, such as `RapidGator`'),
        periods: z
          .array(
            z.object({
              from: z.string().describe('When the hour or the day begins; ISO 8601'),
              succeeded: z.number().int().nonnegative().describe('Fetches that ended well'),
              failures: z
                .record(z.string(), z.number().int().positive())
                .describe('Fetches that ended otherwise, by the cause that their links were told'),
              speed: z
                .number()
                .int()
                .positive()
                .nullable()
                .describe('Median of those that succeeded with 8 MiB or more, bytes per second, to a tenth'),
            }),
          )
          .describe('In their order; those without a fetch that ended are left out'),
      }),
    )
    .describe('Platforms that had fetches'),
})
export type HostHistoryAnswer = z.infer<typeof hostHistorySchema>
