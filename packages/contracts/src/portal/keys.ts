import { z } from 'zod'
import { label } from '../fields.js'
import { userRefSchema } from '../admin/users.js'

/** Keys of one account at most. */
export const MAX_KEYS = 50
/** Networks that a key is bound to at most. */
const MAX_NETWORKS = 50

/** What a key may: look, have links made and ended, be told where files can be downloaded. */
export const KEY_SCOPES = ['read', 'submit', 'download'] as const
export const keyScopeSchema = z.enum(KEY_SCOPES)
export type KeyScope = z.infer<typeof keyScopeSchema>

/** An address alone is the network of that one. */
const network = z
  .union([
    z.cidrv4(),
    z.cidrv6(),
    z.ipv4().transform((address) => `${address}/32`),
    z.ipv6().transform((address) => `${address}/128`),
  ])
  .describe('Network in CIDR form, such as 192.0.2.0/24 or 2001:db8::/32, or one address')

const terms = {
  scopes: z
    .array(keyScopeSchema)
    .min(1)
    .max(KEY_SCOPES.length)
    .optional()
    .describe(
      '`read`: look; `submit`: have links made and ended; `download`: be told download URLs. Left out: all',
    ),
  networks: z
    .array(network)
    .max(MAX_NETWORKS)
    .optional()
    .describe('From where alone the key works; empty: from everywhere'),
  expiresAt: z.iso.datetime({ offset: true }).nullish().describe('When it ends; null: never'),
  errorsAs200: z
    .boolean()
    .optional()
    .describe('Failures are sent with HTTP 200, for clients that cannot read others'),
}

export const keyNameSchema = label.describe('What it is called; no two keys of an account have the same name')

export const keyAddSchema = z.strictObject({ name: keyNameSchema, ...terms })
export type KeyAdd = z.output<typeof keyAddSchema>
export const keyChangeSchema = z.strictObject({ name: keyNameSchema.optional(), ...terms })
export type KeyChange = z.output<typeof keyChangeSchema>

export const userKeyAddSchema = keyAddSchema.extend({ email: userRefSchema.shape.email })

const EXACTNESS = 'To three seconds while few keys are in use, else to the minute'

export const keyViewSchema = z.object({
  id: z.string().describe('Stays the same when the key is rotated'),
  name: z.string().describe('What it is called'),
  scopes: z
    .array(keyScopeSchema)
    .describe('`read`: look; `submit`: have links made and ended; `download`: be told download URLs'),
  networks: z.array(z.string()).describe('From where alone it works; empty: from everywhere'),
  errorsAs200: z.boolean().describe('Failures are sent to it with HTTP 200'),
  createdAt: z.string().describe('When it was made or rotated last; ISO 8601'),
  expiresAt: z.string().nullable().describe('When it ends; ISO 8601, UTC; null: never'),
  lastUsed: z
    .object({
      at: z.string().describe('When; ISO 8601, UTC'),
      client: z.string().describe('User-Agent'),
      address: z.string().describe('Address of the client'),
    })
    .nullable()
    .describe(`${EXACTNESS}; null: never since it was made or rotated`),
  lastError: z
    .object({
      at: z.string().describe('When; ISO 8601, UTC'),
      status: z.number().int().describe('Number of the failure'),
      msg: z.string().describe('Its text, which is constant'),
    })
    .nullable()
    .describe(`Why a request was refused last. ${EXACTNESS}; null: none was since it was made or rotated`),
})
export type KeyView = z.infer<typeof keyViewSchema>

export const keyListSchema = z.array(keyViewSchema)
export const keyShownSchema = keyViewSchema.extend({
  apiKey: z.string().describe('The key itself, in this answer and nowhere else'),
})
export type KeyShown = z.infer<typeof keyShownSchema>
export const keyRemovedSchema = z.object({
  id: z.string().describe('Id that was asked for'),
  removed: z.boolean().describe('False: there was none, any more or at all'),
})
