import { z } from 'zod'

/** The admin API, version 1: what operators (through `./obb` or a portal) read and change. */

const bytes = z.number().int().nonnegative()
const email = z
  .email()
  .max(254)
  .transform((value) => value.toLowerCase())
const isoTime = z.iso.datetime({ offset: true })

export const userCreateSchema = z.strictObject({
  email,
  traffic: bytes.default(0).describe('First grant, bytes'),
  dailyPerHost: bytes.nullish().describe('Cap per host in 24 h, bytes; null is without a cap'),
  expires: isoTime.nullish(),
})
export type UserCreate = z.input<typeof userCreateSchema>

export const userRefSchema = z.strictObject({ email })
export const userGrantSchema = z.strictObject({ email, traffic: z.number().int().positive() })
export const keyRotateSchema = z.strictObject({ email })
export const keySetSchema = z.strictObject({ email, errorsAs200: z.boolean() })

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  state: z.enum(['active', 'suspended']),
  trafficLeft: bytes,
  trafficMax: bytes,
  dailyPerHost: bytes.nullable(),
  expiresAt: z.string().nullable(),
  createdAt: z.string(),
  errorsAs200: z.boolean(),
})
export type UserView = z.infer<typeof userSchema>

export const userCreatedSchema = z.object({ id: z.string(), email: z.string(), apiKey: z.string() })
export const keyRotatedSchema = z.object({ apiKey: z.string() })

export const hostAccountCreateSchema = z.strictObject({
  platform: z.string().min(1).max(64),
  credentials: z.record(z.string().max(64), z.string().min(1).max(1024)),
  proxy: z
    .url({ protocol: /^(https?|socks5h?)$/ })
    .max(1024)
    .nullish(),
})
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
})
export type HostAccountView = z.infer<typeof hostAccountSchema>

export const hostUpdateSchema = z.strictObject({
  enabled: z.boolean().optional(),
  maxChunks: z.number().int().min(1).max(64).optional(),
  maxDownloads: z.number().int().min(1).max(1000).optional(),
  maxQueued: z.number().int().min(0).max(100_000).optional(),
  origins: z
    .record(
      z.string().max(64),
      z
        .url({ protocol: /^https?$/ })
        .max(2048)
        .nullable(),
    )
    .optional(),
})
export type HostUpdate = z.infer<typeof hostUpdateSchema>

export const hostViewSchema = z.object({
  platform: z.string(),
  enabled: z.boolean(),
  domains: z.array(z.string()),
  maxChunks: z.number(),
  maxDownloads: z.number(),
  maxQueued: z.number(),
  resumable: z.boolean(),
  needsAccount: z.boolean(),
  accounts: z.number().int(),
  credentials: z.array(
    z.object({ name: z.string(), label: z.string(), required: z.boolean(), secret: z.boolean() }),
  ),
  origins: z.record(z.string(), z.string()).describe('Base URLs in force'),
  originOverrides: z.record(z.string(), z.string()),
})
export type HostView = z.infer<typeof hostViewSchema>

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
  entries: z.array(ledgerEntrySchema),
})
export type LedgerView = z.infer<typeof ledgerSchema>

export const fileViewSchema = z.object({
  id: z.string(),
  platform: z.string(),
  fileId: z.string(),
  name: z.string().nullable(),
  size: bytes.nullable(),
  state: z.string(),
  bytesDone: bytes,
  attempts: z.number().int(),
  refusal: z.string().nullable(),
  sha256: z.string().nullable(),
  worker: z.string().nullable(),
  links: z.number().int(),
  updatedAt: z.string(),
})
export type FileView = z.infer<typeof fileViewSchema>
