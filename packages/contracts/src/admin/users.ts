import { z } from 'zod'
import { bytes, email, text } from '../fields.js'
import { linkListQuerySchema } from '../link-list.js'
import { roleSchema } from '../portal/session.js'
import { nextSchema, pageQueryWith } from './pages.js'

const isoTime = z.iso.datetime({ offset: true })

/** plan is what a user may use, beside traffic. What is left out stays as it is. */
const plan = {
  dailyPerHost: bytes.nullish().describe('Cap per host in 24 h, bytes; null is without a cap'),
  hostCaps: z
    .record(z.string().min(1).max(64), bytes.nullable())
    .optional()
    .describe('Caps of single platforms in 24 h, bytes; null goes back to dailyPerHost'),
  expires: isoTime.nullish(),
  weight: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Share of the fetch slots where several users wait'),
  solo: z.boolean().optional().describe('One fetch per platform at a time'),
}

export const userCreateSchema = z.strictObject({
  email,
  traffic: bytes.default(0).describe('First grant, bytes'),
  errorsAs200: z
    .boolean()
    .optional()
    .describe('Failures are sent to its key with HTTP 200; left out: as ERRORS_AS_200 of the server says'),
  ...plan,
})
export type UserCreate = z.input<typeof userCreateSchema>

export const userRefSchema = z.strictObject({ email })
/** Which links of a user are listed. */
export const userLinksQuerySchema = linkListQuerySchema.extend({ email })

export const userRemovedSchema = z.object({
  email: z.string(),
  removed: z.boolean().describe('False: there is no such user, any more or at all'),
  id: z.string().nullable().describe('Under which the ledger keeps the entries'),
})
export type UserRemoved = z.infer<typeof userRemovedSchema>
export const ledgerQuerySchema = pageQueryWith({ email: email.optional(), id: z.uuid().optional() }).refine(
  (query) => (query.email === undefined) !== (query.id === undefined),
  'either email or id',
)
export const userGrantSchema = z.strictObject({ email, traffic: z.number().int().positive() })
export const userSetSchema = z.strictObject({
  email,
  ...plan,
  role: roleSchema.optional().describe('Operators have the admin API in the portal'),
})
export type UserSet = z.infer<typeof userSetSchema>
export const userAdjustSchema = z.strictObject({
  email,
  traffic: z
    .number()
    .int()
    .refine((value) => value !== 0, 'must not be 0')
    .describe('Signed bytes'),
  note: text(200).describe('Why; it stands in the ledger'),
})
export const keyRotateSchema = z.strictObject({ email })
export const keySetSchema = z.strictObject({ email, errorsAs200: z.boolean() })

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  state: z.enum(['active', 'suspended']),
  role: roleSchema,
  trafficLeft: bytes,
  trafficMax: bytes,
  dailyPerHost: bytes.nullable(),
  hostCaps: z.record(z.string(), bytes).describe('By platform; they go before dailyPerHost'),
  weight: z.number().int(),
  solo: z.boolean(),
  expiresAt: z.string().nullable(),
  createdAt: z.string(),
  errorsAs200: z.boolean(),
})
export type UserView = z.infer<typeof userSchema>

export const userCreatedSchema = z.object({
  id: z.string(),
  email: z.string(),
  apiKey: z.string(),
  errorsAs200: z.boolean().describe('Failures are sent to this key with HTTP 200'),
})
export const keyRotatedSchema = z.object({ apiKey: z.string() })

export const ledgerEntrySchema = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.enum(['grant', 'charge', 'refund', 'adjustment']),
  bytes: z.number().int().describe('Signed'),
  platform: z.string().nullable(),
  linkId: z.string().nullable(),
  note: z.string().nullable(),
})
export const ledgerSchema = z.object({
  email: z.string(),
  trafficLeft: bytes,
  entries: z.array(ledgerEntrySchema).describe('Oldest first'),
  next: nextSchema,
})
export type LedgerView = z.infer<typeof ledgerSchema>

const ledgerFaultSchema = z.object({
  accountId: z.string(),
  email: z.string(),
  of: z.enum(['balance', 'usage']),
  platform: z.string().nullable().describe('Of usage'),
  hour: z.string().nullable().describe('Of usage: when the hour of the charges begins'),
  kept: z.number().int().describe('Bytes that are kept beside the ledger'),
  ledger: z.number().int().describe('Bytes that its entries come to'),
})
/** ledgerCheckSchema is about one page of accounts. */
export const ledgerCheckSchema = z.object({
  accounts: z.number().int().nonnegative().describe('How many were checked'),
  faults: z.array(ledgerFaultSchema),
  next: nextSchema,
})
export type LedgerCheckView = z.infer<typeof ledgerCheckSchema>
