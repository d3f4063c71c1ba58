import { z } from 'zod'
import { NO_NUL, bytes } from '../fields.js'
import { bandwidth } from './fields.js'

/** Longest text of cookies, characters; other credentials are shorter. */
const MAX_COOKIES = 32 * 1024

const terms = {
  proxy: z
    .url({ protocol: /^(https?|socks5h?)$/ })
    .max(1024)
    .nullish()
    .describe('Every request of this account goes through it'),
  maxDownloads: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .nullish()
    .describe("Downloads at once; null is the platform's own limit"),
  maxConnections: z.number().int().min(1).max(10_000).nullish().describe('Connections of all its downloads'),
  bandwidth,
}

const credentials = z.record(
  z.string().max(64),
  z
    .string()
    .min(1)
    .max(MAX_COOKIES)
    .refine(...NO_NUL),
)
const untested = z.boolean().optional().describe('Save credentials without asking the platform')

export const hostAccountCreateSchema = z.strictObject({
  platform: z.string().min(1).max(64),
  credentials,
  untested,
  ...terms,
})
export const hostAccountSetSchema = z.strictObject({
  ...terms,
  credentials: credentials
    .refine((given) => Object.keys(given).length > 0, 'must name at least one')
    .optional()
    .describe('Those to replace, such as a new password'),
  untested,
})
export const hostAccountSavedSchema = z.object({
  id: z.string(),
  tested: z.boolean().describe('Whether its platform took it; false where it was not asked'),
})
export type HostAccountSaved = z.infer<typeof hostAccountSavedSchema>
export type HostAccountSet = z.infer<typeof hostAccountSetSchema>
export type HostAccountCreate = z.input<typeof hostAccountCreateSchema>

export const hostAccountSchema = z.object({
  id: z.string(),
  platform: z.string(),
  label: z.string().describe('The user name or a masked form of it'),
  enabled: z.boolean(),
  offReason: z.string().nullable(),
  coolUntil: z.string().nullable(),
  premium: z.boolean().nullable(),
  validUntil: z.string().nullable(),
  trafficLeft: bytes.nullable(),
  trafficTotal: bytes.nullable(),
  checkedAt: z.string().nullable(),
  downloads: z.number().int().nonnegative().describe('Leases held right now'),
  maxDownloads: z.number().int().nullable().describe("null is the platform's own limit"),
  connections: z.number().int().nonnegative().describe('Connections that the leases stand for'),
  maxConnections: z.number().int().nullable(),
  bandwidth: bytes.nullable().describe('Bytes per second'),
  proxy: z.string().nullable().describe('Scheme, host and port of its egress proxy'),
})
export type HostAccountView = z.infer<typeof hostAccountSchema>
