import { z } from 'zod'

/** The admin API, version 1: what operators (through `./obb` or a portal) read and change. */

const bytes = z.number().int().nonnegative()
const email = z
  .email()
  .max(254)
  .transform((value) => value.toLowerCase())
/** What is far below any line is a slip of the unit. */
const bandwidth = z
  .number()
  .int()
  .min(65_536)
  .nullish()
  .describe('Bytes per second that all fetchers together take; null is without a limit')
const isoTime = z.iso.datetime({ offset: true })

/** What a user may use, beside traffic. What is left out stays as it is. */
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
  ...plan,
})
export type UserCreate = z.input<typeof userCreateSchema>

export const userRefSchema = z.strictObject({ email })
export const userRemovedSchema = z.object({
  email: z.string(),
  removed: z.boolean().describe('False: there is no such user, any more or at all'),
  id: z.string().nullable().describe('Under which the ledger keeps the entries'),
})
export type UserRemoved = z.infer<typeof userRemovedSchema>
export const ledgerQuerySchema = z
  .strictObject({ email: email.optional(), id: z.uuid().optional() })
  .refine((query) => (query.email === undefined) !== (query.id === undefined), 'either email or id')
export const userGrantSchema = z.strictObject({ email, traffic: z.number().int().positive() })
export const userSetSchema = z.strictObject({ email, ...plan })
export type UserSet = z.infer<typeof userSetSchema>
export const userAdjustSchema = z.strictObject({
  email,
  traffic: z
    .number()
    .int()
    .refine((value) => value !== 0, 'must not be 0')
    .describe('Signed bytes'),
  note: z.string().trim().min(1).max(200).describe('Why; it stands in the ledger'),
})
export const keyRotateSchema = z.strictObject({ email })
export const keySetSchema = z.strictObject({ email, errorsAs200: z.boolean() })

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  state: z.enum(['active', 'suspended']),
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

/** Of a removal; it can be repeated. */
export const removedSchema = z.object({
  id: z.string(),
  removed: z.boolean().describe('False: there was none, any more or at all'),
})
export type Removed = z.infer<typeof removedSchema>

export const userCreatedSchema = z.object({ id: z.string(), email: z.string(), apiKey: z.string() })
export const keyRotatedSchema = z.object({ apiKey: z.string() })

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

const credentials = z.record(z.string().max(64), z.string().min(1).max(1024))
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

const hostnames = z
  .array(
    z
      .string()
      .max(253)
      .regex(
        /^(?!www\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/,
        'a hostname in lower case without www.',
      ),
  )
  .max(100)

export const hostUpdateSchema = z.strictObject({
  enabled: z.boolean().optional(),
  maxChunks: z.number().int().min(1).max(64).optional(),
  maxDownloads: z.number().int().min(1).max(1000).optional(),
  maxQueued: z.number().int().min(0).max(100_000).optional(),
  solo: z.boolean().optional().describe('One fetch per user at a time'),
  bandwidth,
  switches: z
    .record(z.string().max(64), z.boolean())
    .optional()
    .describe('Switches of the platform, by name'),
  addDomains: hostnames.optional().describe('Hostnames beside its own; one that was retired comes back'),
  retireDomains: hostnames.optional().describe('Hostnames that it has given up, own or added'),
  canaryUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable()
    .optional()
    .describe('A link whose file is known to be there, asked for every quarter of an hour; null is none'),
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

export const hostHealthSchema = z.object({
  working: z.boolean().describe('False while the circuit is open or nearly every fetch failed'),
  openUntil: z.string().nullable(),
  failures: z.number().int().nonnegative().describe('Failures of the platform in a row'),
  successRate: z.number().nullable().describe('Share of fetches, 0–1, weighted towards the latest'),
  speed: bytes.nullable().describe('Bytes per second, median of the latest fetches that succeeded'),
  lastError: z.string().nullable(),
  lastErrorAt: z.string().nullable(),
  canaryAt: z.string().nullable().describe('When the canary was asked for last'),
  canaryError: z.string().nullable().describe('Kind of the error it ended in; null if it was there'),
})

export const hostViewSchema = z.object({
  platform: z.string(),
  enabled: z.boolean(),
  domains: z.array(z.string()),
  maxChunks: z.number(),
  maxDownloads: z.number(),
  maxQueued: z.number(),
  solo: z.boolean(),
  bandwidth: bytes.nullable().describe('Bytes per second that all fetchers together take'),
  canaryUrl: z.string().nullable(),
  health: hostHealthSchema,
  resumable: z.boolean(),
  needsAccount: z.boolean(),
  accounts: z.number().int(),
  credentials: z.array(
    z.object({ name: z.string(), label: z.string(), required: z.boolean(), secret: z.boolean() }),
  ),
  switches: z.array(z.object({ name: z.string(), label: z.string(), on: z.boolean() })),
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
  pinned: z.boolean().describe('Kept whatever its age and however full the store is'),
  updatedAt: z.string(),
})
export const fileUpdateSchema = z.strictObject({ pinned: z.boolean() })
export type FileUpdate = z.infer<typeof fileUpdateSchema>
export const fileRemovedSchema = removedSchema.extend({
  links: z.number().int().nonnegative().describe('Links that ended'),
})
export type FileRemoved = z.infer<typeof fileRemovedSchema>
export type FileView = z.infer<typeof fileViewSchema>

export const sweepRequestSchema = z.strictObject({
  dryRun: z.boolean().default(false).describe('Only count; nothing is removed'),
})
export type SweepRequest = z.infer<typeof sweepRequestSchema>

export const sweepViewSchema = z.object({
  id: z.string(),
  dryRun: z.boolean(),
  requestedAt: z.string(),
  finishedAt: z.string().nullable().describe('null while it is under way'),
  objects: z.number().int().describe('Objects of this installation that were looked at'),
  bytes: bytes,
  orphans: z.number().int().describe('Those that no file needs; younger than a day do not count'),
  orphanBytes: bytes,
  names: z.array(z.string()).describe('Of the first hundred orphans'),
  failure: z.string().nullable().describe('Why it ended early'),
})
export type SweepView = z.infer<typeof sweepViewSchema>

export const storeStateSchema = z
  .enum(['ok', 'full', 'away', 'wrong'])
  .describe(
    '`full`: new files find no room. `away`: it cannot be used. `wrong`: it is not where the files of this installation lie',
  )
export type StoreStateWord = z.infer<typeof storeStateSchema>

export const storeViewSchema = z.object({
  state: storeStateSchema,
  reason: z.string().nullable().describe('What the store said'),
  since: z.string().nullable(),
  retryAt: z.string().nullable().describe('When a fetcher tries it again'),
  room: z.number().int().nullable().describe('Bytes that may be written; null where the store does not tell'),
  lacking: bytes.nullable().describe('The smallest file that waits and finds no room; null if there is none'),
  installation: z
    .string()
    .nullable()
    .describe('Part of the name of every new object; null before the first fetcher'),
  copied: z
    .array(z.string())
    .describe('Installations that this database is a copy of: their objects are read, and never deleted'),
})
export type StoreView = z.infer<typeof storeViewSchema>

export const blockKindSchema = z.enum(['url', 'file', 'name', 'sha256'])
/** `file`: `<platform>:<file id>`. `name`: a pattern with `*` and `?`, whatever the case. */
export const blockCreateSchema = z.strictObject({
  kind: blockKindSchema,
  value: z.string().trim().min(1).max(2048),
  reason: z.string().trim().min(1).max(500),
})
export type BlockCreate = z.infer<typeof blockCreateSchema>

export const blockSchema = z.object({
  id: z.string(),
  kind: blockKindSchema,
  value: z.string(),
  reason: z.string(),
  createdAt: z.string(),
})
export type BlockView = z.infer<typeof blockSchema>

export const blockCreatedSchema = blockSchema.extend({
  files: z.number().int().nonnegative().describe('Files that were stored or being fetched'),
  links: z.number().int().nonnegative().describe('Links that were revoked'),
})
export type BlockCreated = z.infer<typeof blockCreatedSchema>

const resealed = z.object({
  resealed: z.number().int().nonnegative(),
  current: z.number().int().nonnegative().describe('Sealed with the current key before'),
  unreadable: z.number().int().nonnegative().describe('Sealed with a key that is not configured'),
})
export const resealSchema = z.object({
  credentials: resealed,
  proxy: resealed,
  session: resealed,
  file: resealed,
})
export type ResealView = z.infer<typeof resealSchema>
