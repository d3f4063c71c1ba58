import { z } from 'zod'
import { keyNameSchema, keyScopeSchema, KEY_SCOPES } from './portal/keys.js'

/*
 * Device authorization grant (RFC 8628): a client without a browser is given a key that somebody allows it in theirs. Its
 * fields and the names of its errors are the RFC's; they stand in our envelope, as all of this API does.
 */

const code = (what: string) => z.string().max(128).describe(what)

export const deviceStartSchema = z.strictObject({
  client_name: keyNameSchema.describe(
    'What the client calls itself, and its key unless its user says otherwise',
  ),
})

export const deviceStartedSchema = z.object({
  device_code: z.string().describe('What the client asks for its key with; a secret'),
  user_code: z.string().describe('What the client shows, and its user types in the portal'),
  verification_uri: z.string().describe('The page where the code is typed'),
  verification_uri_complete: z.string().describe('The same with the code'),
  expires_in: z.number().int().positive().describe('How long both codes are good for, seconds'),
  interval: z.number().int().positive().describe('How often to ask for the key at most, seconds'),
})
export type DeviceStarted = z.infer<typeof deviceStartedSchema>

export const deviceTokenSchema = z.strictObject({ device_code: code('As `/device/code` gave it') })

/** The key is in this answer and nowhere else. */
export const deviceKeySchema = z.object({
  access_token: z.string().describe('The API key, for `Authorization: Bearer` or `X-Api-Key`'),
  token_type: z.literal('Bearer').describe('Always `Bearer`'),
  scope: z.string().describe('What the key may, apart by spaces'),
  name: z.string().describe('What the key is called in the portal'),
})
export type DeviceKey = z.infer<typeof deviceKeySchema>

const userCode = code('As the client shows it, whatever the case, with or without the hyphen')

/** What people in the portal ask and say of a client that waits. */
export const deviceCodeSchema = z.strictObject({ code: userCode })
export const deviceAllowSchema = z.strictObject({
  code: userCode,
  name: keyNameSchema.describe('What the key is called'),
  scopes: z.array(keyScopeSchema).min(1).max(KEY_SCOPES.length).describe('What the key may'),
})
export type DeviceAllow = z.input<typeof deviceAllowSchema>

export const deviceWaitingSchema = z.object({
  name: z.string().describe('What the client calls itself'),
  client: z.string().nullable().describe('Its User-Agent'),
  address: z.string().describe('Where it asks from'),
  createdAt: z.string().describe('When it began to ask; ISO 8601, UTC'),
  expiresAt: z.string().describe('Until when it waits; ISO 8601, UTC'),
})
export type DeviceWaiting = z.infer<typeof deviceWaitingSchema>
