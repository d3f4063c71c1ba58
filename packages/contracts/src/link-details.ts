import { z } from 'zod'
import { listedLinkSchema } from './link-list.js'

const EVENTS = [
  ...['submitted', 'was_stored', 'attempt_began', 'stored'],
  ...['host_away', 'next_attempt', 'expires'],
  ...['expired', 'failed', 'cancelled', 'blocked', 'removed'],
] as const
export const linkEventKindSchema = z.enum(EVENTS)
export type LinkEventKind = z.infer<typeof linkEventKindSchema>

/** All that is known of one link. */
export const linkDetailsSchema = z.object({
  link: listedLinkSchema.describe('How it stands'),
  timeline: z
    .array(
      z.object({
        at: z.number().int().describe('Epoch ms'),
        what: linkEventKindSchema.describe(
          '`was_stored`: the file was there when it was submitted. `attempt_began`: the latest one. `host_away`: until ' +
            'then its host is not asked. `next_attempt`: not before then. `expires`: when it will. The last five: how it ended',
        ),
      }),
    )
    .describe(
      'By time, as far as it is known; earlier attempts and downloads are not kept. After now: expected',
    ),
  gave_way: z
    .number()
    .int()
    .nonnegative()
    .describe('How often the fetch was so slow that it gave way to another file'),
  costs: z
    .array(
      z.object({
        kind: z
          .enum(['grant', 'charge', 'refund', 'adjustment'])
          .describe('`charge`; `adjustment`: the file had another size than told; `refund`: what came back'),
        amount: z.number().int().describe('Signed bytes, of all entries of this kind'),
        at: z.number().int().describe('Epoch ms of the latest of them'),
      }),
    )
    .describe('What it moved in the ledger, by kind'),
})
export type LinkDetails = z.infer<typeof linkDetailsSchema>
