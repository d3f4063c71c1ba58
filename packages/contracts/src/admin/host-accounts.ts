import { z } from 'zod'
import { NO_NUL, bytes } from '../fields.js'
import { bandwidth, isoTime, platformId } from './fields.js'

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
  platform: platformId.min(1).max(64),
  credentials: credentials.describe('By the names that `GET /hosts/{platform}` lists under `credentials`'),
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
  id: z.string().describe('Id of the account'),
  tested: z.boolean().describe('Whether its platform took it; false where it was not asked'),
})
export type HostAccountSaved = z.infer<typeof hostAccountSavedSchema>
export type HostAccountSet = z.infer<typeof hostAccountSetSchema>
export type HostAccountCreate = z.input<typeof hostAccountCreateSchema>

export const hostAccountSchema = z.object({
  id: z.string().describe('Id of the account'),
  platform: platformId,
  label: z.string().describe('The user name or a masked form of it'),
  enabled: z.boolean().describe('Whether files may be fetched with it'),
  offReason: z.string().nullable().describe('Why it is off; null while it is on'),
  coolUntil: isoTime('Until when it rests').nullable(),
  premium: z.boolean().nullable().describe('Whether its host calls it premium; null: it has not said'),
  validUntil: isoTime('When its premium time ends; null: unknown').nullable(),
  trafficLeft: bytes.nullable().describe('Bytes that its host has left for it; null: unknown or unlimited'),
  trafficTotal: bytes.nullable().describe('Bytes that its host gives it in all; null: unknown or unlimited'),
  checkedAt: isoTime('When its host was asked about it last; null: never').nullable(),
  downloads: z.number().int().nonnegative().describe('Leases held right now'),
  maxDownloads: z.number().int().nullable().describe("null is the platform's own limit"),
  connections: z.number().int().nonnegative().describe('Connections that the leases stand for'),
  maxConnections: z
    .number()
    .int()
    .nullable()
    .describe('Connections of all its downloads; null is without a limit of its own'),
  bandwidth: bytes.nullable().describe('Bytes per second'),
  proxy: z.string().nullable().describe('Scheme, host and port of its egress proxy'),
})
export type HostAccountView = z.infer<typeof hostAccountSchema>
