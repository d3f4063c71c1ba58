import { z } from 'zod'
import { nextSchema } from '../admin/pages.js'
import { isoTime } from '../admin/fields.js'
import { NOT_BY_KEY, bytes, keyFilter, keyId, keyName, timeZone } from '../fields.js'

/** Most days of one answer. */
export const MAX_USAGE_DAYS = 90
/** Most entries of one page, and those of a page without a limit. */
export const MAX_OWN_ENTRIES = 500
const DEFAULT_ENTRIES = 100

export const usageQuerySchema = z.strictObject({
  days: z.coerce.number().int().min(1).max(MAX_USAGE_DAYS).default(30).describe('Days of UTC, with today'),
})
export type UsageQuery = z.output<typeof usageQuerySchema>

export const dailyUsageQuerySchema = z.strictObject({
  days: usageQuerySchema.shape.days.describe('Days, with today'),
  timeZone: timeZone
    .default('UTC')
    .describe('By whose midnights they begin; its name in the IANA database, such as `Asia/Taipei`'),
})
export type DailyUsageQuery = z.output<typeof dailyUsageQuerySchema>

export const usageSchema = z.object({
  days: z
    .array(
      z.object({
        day: z.iso.date().describe('The day, in the time zone that was asked for'),
        platform: z.string().describe('Id of the platform, such as `RapidGator`'),
        charged: bytes.describe('Bytes that were charged on that day'),
        refunded: bytes.describe('Bytes that came back on that day, whenever they were charged'),
        links: z.number().int().nonnegative().describe('Links that were charged'),
      }),
    )
    .describe(
      'By day and platform; what was used neither way is left out, and so are days that are summed up',
    ),
})
export type UsageAnswer = z.infer<typeof usageSchema>

/** What was used by each key, over some days. */
export const keyUsageSchema = z.object({
  keys: z
    .array(
      z.object({
        keyId,
        key: keyName,
        bytes: z
          .number()
          .int()
          .describe('Bytes that were charged in these days, less what came back of them'),
        links: z.number().int().nonnegative().describe('Links that were charged'),
        chargedAt: isoTime('When the last of them was'),
      }),
    )
    .describe('The most first; without a key is what people asked for in the portal'),
})
export type KeyUsageAnswer = z.infer<typeof keyUsageSchema>

const ledgerKindSchema = z.enum(['grant', 'charge', 'refund', 'adjustment'])

export const ownLedgerQuerySchema = z.strictObject({
  kind: ledgerKindSchema.optional().describe('Entries of this kind alone'),
  platform: z
    .string()
    .min(1)
    .max(253)
    .regex(/^\P{Cc}*$/u, 'must be without control characters')
    .optional()
    .describe('Of links of this platform alone; its id, whatever the case'),
  key: keyFilter,
  since: z.iso.datetime({ offset: true }).optional().describe('Written then or later; ISO 8601'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_OWN_ENTRIES)
    .default(DEFAULT_ENTRIES)
    .describe('Entries of the page'),
  after: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .describe('`next` of the page before, with the same filters; left out: from the newest'),
})
export type OwnLedgerQuery = z.output<typeof ownLedgerQuerySchema>

export const ownLedgerEntrySchema = z.object({
  at: z.string().describe('When it was written; ISO 8601, UTC'),
  kind: ledgerKindSchema.describe(
    '`grant`: given. `charge`: a link. `refund`: of a charge. `adjustment`: a correction',
  ),
  amount: z.number().int().describe('Signed bytes: a charge is negative'),
  balance: z.number().int().describe('Bytes that were left after it'),
  platform: z.string().optional().describe('Id of the platform that a charge or refund is of'),
  fileName: z.string().optional().describe('Absent once its link is forgotten'),
  linkId: z.string().optional().describe('Link that a charge or refund is of'),
  keyId: z.uuid().optional().describe(`Id of the key that that link was asked for with. ${NOT_BY_KEY}`),
  key: z.string().optional().describe(`What that key is called, or was in the end. ${NOT_BY_KEY}`),
  chargedAt: z.string().optional().describe('When that link was charged; ISO 8601, UTC'),
  linkCost: z
    .number()
    .int()
    .optional()
    .describe('Bytes that that link cost in all, less what came back of them'),
  note: z.string().optional().describe('Why, of an adjustment'),
})
export type OwnLedgerEntry = z.infer<typeof ownLedgerEntrySchema>

export const ownLedgerSchema = z.object({
  items: z
    .array(ownLedgerEntrySchema)
    .describe('The newest first; with a filter a page may have fewer, or none'),
  next: nextSchema,
})
export type OwnLedgerAnswer = z.infer<typeof ownLedgerSchema>
