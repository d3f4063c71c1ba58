import { z } from 'zod'
import { bytes, email, keyId, keyName, text } from '../fields.js'
import { linkListQuerySchema } from '../link-list.js'
import { roleSchema } from '../portal/session.js'
import { usageQuerySchema } from '../portal/traffic.js'
import { isoTime, platformId } from './fields.js'
import { nextSchema, pageQueryWith } from './pages.js'

/** plan is what a user may use, beside traffic. What is left out stays as it is. */
const plan = {
  dailyPerHost: bytes.nullish().describe('Cap per host in 24 h, bytes; null is without a cap'),
  hostCaps: z
    .record(z.string().min(1).max(64), bytes.nullable())
    .optional()
    .describe('Caps of single platforms in 24 h, bytes; null goes back to dailyPerHost'),
  expires: z.iso
    .datetime({ offset: true })
    .nullish()
    .describe('When calls and downloads end; ISO 8601; null is never'),
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

export const userListQuerySchema = pageQueryWith({
  search: text(254).optional().describe('A part of the e-mail, whatever the case'),
})
export type UserListQuery = z.output<typeof userListQuerySchema>

export const userRefSchema = z.strictObject({ email })
/** Which links of a user are listed. */
export const userLinksQuerySchema = linkListQuerySchema.extend({ email })

const userEmail = z.string().describe('E-mail, in lower case')
export const userRemovedSchema = z.object({
  email: userEmail,
  removed: z.boolean().describe('False: there is no such user, any more or at all'),
  id: z.string().nullable().describe('Id under which the ledger keeps the entries'),
})
export type UserRemoved = z.infer<typeof userRemovedSchema>
export const ledgerQuerySchema = pageQueryWith({
  email: email.optional(),
  id: z.uuid().optional().describe('Instead: the id of a user, also of one that was removed'),
}).refine((query) => (query.email === undefined) !== (query.id === undefined), 'either email or id')
/** What of a user's keys is told. */
export const userUsageQuerySchema = usageQuerySchema.extend({ email })
export const userGrantSchema = z.strictObject({
  email,
  traffic: z.number().int().positive().describe('Bytes to add to what was granted'),
})
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
export const keySetSchema = z.strictObject({
  email,
  errorsAs200: z.boolean().describe('Whether failures are sent to the key of the user with HTTP 200'),
})

export const userSchema = z.object({
  id: z.string().describe('Id of the user'),
  email: userEmail,
  state: z.enum(['active', 'suspended']).describe('`suspended`: calls and downloads answer 403'),
  role: roleSchema.describe('`operator`: has the admin API in the portal'),
  trafficLeft: bytes.describe('Bytes that are left of what was granted'),
  trafficMax: bytes.describe('Bytes that were granted in all'),
  dailyPerHost: bytes.nullable().describe('Cap per host in 24 h, bytes; null is without a cap'),
  hostCaps: z.record(z.string(), bytes).describe('By platform; they go before dailyPerHost'),
  weight: z.number().int().describe('Share of the fetch slots where several users wait'),
  solo: z.boolean().describe('One fetch per platform at a time'),
  expiresAt: isoTime('When calls and downloads end; null is never').nullable(),
  createdAt: isoTime('When the user was added'),
  errorsAs200: z.boolean().describe('Failures are sent to the key with HTTP 200'),
  passkeys: z.number().int().nonnegative().describe('Passkeys that the user signs in by, how many'),
  identities: z
    .number()
    .int()
    .nonnegative()
    .describe('Identities at OpenID providers that the user signs in by, how many'),
})
export type UserView = z.infer<typeof userSchema>

export const userCreatedSchema = z.object({
  id: z.string().describe('Id of the user'),
  email: userEmail,
  apiKey: z.string().describe('The key, in this answer only'),
  errorsAs200: z.boolean().describe('Failures are sent to this key with HTTP 200'),
})
export const keyRotatedSchema = z.object({
  apiKey: z.string().describe('The new key, in this answer only'),
})

export const ledgerEntrySchema = z.object({
  id: z.string().describe('Id of the entry'),
  at: isoTime('When it was written'),
  kind: z
    .enum(['grant', 'charge', 'refund', 'adjustment'])
    .describe('`grant`: given. `charge`: a link. `refund`: of a charge. `adjustment`: a correction'),
  bytes: z.number().int().describe('Signed: what it did to the balance'),
  platform: platformId.nullable().describe('Id of the platform that a charge or refund is of'),
  linkId: z.string().nullable().describe('Link that a charge or refund is of'),
  keyId,
  key: keyName,
  note: z.string().nullable().describe('Why, of an adjustment'),
})
export const ledgerSchema = z.object({
  email: userEmail,
  trafficLeft: bytes.describe('Bytes that are left'),
  entries: z.array(ledgerEntrySchema).describe('Oldest first'),
  next: nextSchema,
})
export type LedgerView = z.infer<typeof ledgerSchema>

const ledgerFaultSchema = z.object({
  accountId: z.string().describe('Id of the user'),
  email: userEmail,
  of: z
    .enum(['balance', 'usage', 'key'])
    .describe('Which sum is wrong: of all traffic, of an hour at a host, or of a day of a key'),
  platform: platformId.nullable().describe('Of usage: id of the platform'),
  keyId: keyId.describe('Of key: its id; null: without one'),
  hour: isoTime('When the hour of the charges begins; of key: when their day does').nullable(),
  kept: z.number().int().describe('Bytes that are kept beside the ledger'),
  ledger: z.number().int().describe('Bytes that its entries come to'),
})
/** ledgerCheckSchema is about one page of accounts. */
export const ledgerCheckSchema = z.object({
  accounts: z.number().int().nonnegative().describe('How many were checked'),
  faults: z.array(ledgerFaultSchema).describe('Sums that are not what the ledger comes to'),
  next: nextSchema,
})
export type LedgerCheckView = z.infer<typeof ledgerCheckSchema>
