import { z } from 'zod'
import { bytes, email } from '../fields.js'
import { languageSchema, roleSchema } from './session.js'

const MAX_HOURS = 24 * 90

/** Whether a link is mailed, too, and how. */
const mailing = {
  send: z.boolean().default(false).describe('Mail the link to the e-mail, too'),
  language: languageSchema
    .optional()
    .describe("Of the mail; else the user's own, else that of `Accept-Language`"),
}

export const invitationCreateSchema = z.strictObject({
  email: email.optional().describe('Whom it is for; left out: whoever has it says'),
  role: roleSchema.default('user'),
  traffic: bytes.default(0).describe('First grant, bytes'),
  dailyPerHost: bytes.nullish().describe('Cap per host in 24 h, bytes; null is without a cap'),
  expiresInHours: z
    .number()
    .int()
    .min(1)
    .max(MAX_HOURS)
    .default(24 * 7)
    .describe('Hours until it is no longer valid'),
  ...mailing,
})
export type InvitationCreate = z.input<typeof invitationCreateSchema>

/** As who has its token may see it. */
export const invitationSchema = z.object({
  email: z.string().nullable().describe('null: whoever has it says'),
  role: roleSchema,
  expiresAt: z.string().describe('When it is no longer valid; ISO 8601, UTC'),
})
export type InvitationView = z.infer<typeof invitationSchema>

/** As operators see it. */
export const listedInvitationSchema = invitationSchema.extend({
  id: z.string().describe('Id of the invitation'),
  traffic: bytes.describe('First grant, bytes'),
  dailyPerHost: bytes.nullable().describe('Cap per host in 24 h, bytes; null is without a cap'),
  createdAt: z.string().describe('When it was made; ISO 8601, UTC'),
})
export type ListedInvitation = z.infer<typeof listedInvitationSchema>

/** The token is in this answer only. */
const tokenLink = {
  url: z.string().describe('The page to open, with the token'),
  token: z.string().describe('The token alone'),
  expiresAt: z.string().describe('When it is no longer valid; ISO 8601, UTC'),
}
export const invitationCreatedSchema = z.object({
  id: z.string().describe('Id of the invitation'),
  ...tokenLink,
})
export type InvitationCreated = z.infer<typeof invitationCreatedSchema>

export const userResetRequestSchema = z.strictObject({
  email,
  ...mailing,
  endPasskeys: z
    .boolean()
    .default(false)
    .describe(
      'Remove all passkeys and linked identities and end all sessions of the user, at once: a device is lost, or ' +
        'somebody else gets in',
    ),
})
export type UserResetRequest = z.input<typeof userResetRequestSchema>

export const userResetSchema = z.object(tokenLink)
export type UserReset = z.infer<typeof userResetSchema>

export const userSignedOutSchema = z.object({
  email: z.string().describe('E-mail, in lower case'),
  sessions: z.number().int().nonnegative().describe('How many ended'),
})
export type UserSignedOut = z.infer<typeof userSignedOutSchema>
