import { z } from 'zod'
import { bytes } from './fields.js'

/** The external API, version 1: the names, types and units that download clients rely on. */

/** Connections per file against our proxy, where the operator set nothing for the platform. */
export const DEFAULT_MAX_CHUNKS = 16

export const hostLimitSchema = z.object({
  platform: z.string(),
  used: bytes.describe('Bytes in the last 24 h'),
  max: bytes.nullable().describe('Bytes in 24 h; null is without a cap'),
  resets_at: z
    .number()
    .int()
    .nullable()
    .describe('Epoch ms at which the oldest charge that counts leaves the window; null without one'),
})
export type HostLimit = z.infer<typeof hostLimitSchema>

export const accountSchema = z.object({
  accountType: z.enum(['premium', 'free']).describe('`premium` if trafficmax > 0'),
  trafficleft: bytes.describe('Remaining account traffic, bytes'),
  trafficmax: bytes.describe('Total purchased quota, bytes'),
  trafficmax_daily: bytes.describe('What this account may use per host in 24 h, bytes; 0 is without a cap'),
  timeleft: z.number().int().nonnegative().nullable().describe('Seconds until the account expires'),
  login_check_interval: z.number().int().positive().describe('Suggested polling interval, ms'),
  limits: z
    .array(hostLimitSchema)
    .optional()
    .describe('Per platform that has a cap or was used; absent while that cannot be told'),
})
export type AccountAnswer = z.infer<typeof accountSchema>

const hostFigures = {
  maxChunks: z.number().int().positive().describe('Most parallel connections per file against our proxy'),
  maxDownloads: z.number().int().positive().describe('Suggested most simultaneous downloads'),
  resumable: z.boolean(),
  currently_working: z.boolean(),
  trafficleft: bytes
    .nullable()
    .describe('Remaining traffic of the platform, bytes; null is unknown or unlimited'),
  trafficmax_daily: bytes.describe('Total quota of the platform, bytes; 0 if unknown'),
  trafficmax: bytes.describe('The same value as trafficmax_daily'),
  traffic24h_used: bytes.describe("This account's use of the platform in the last 24 h, bytes"),
}

export const hostRowSchema = z.object({ host: z.string(), ...hostFigures })
export type HostRow = z.infer<typeof hostRowSchema>

export const hostsSchema = z.object({
  supportedhosts: z.array(hostRowSchema),
  updated_at: z.number().int().describe('Epoch ms of the last change'),
})
export type HostsAnswer = z.infer<typeof hostsSchema>

export const hostGroupSchema = z.object({
  platform: z.string(),
  host: z.string().describe('Canonical hostname'),
  domains: z.array(z.string()).min(1).describe('All hostnames, sorted'),
  ...hostFigures,
})
export type HostGroup = z.infer<typeof hostGroupSchema>

export const hostGroupsSchema = z.object({
  supportedhosts: z.array(hostGroupSchema),
  updated_at: z.number().int(),
})
export type HostGroupsAnswer = z.infer<typeof hostGroupsSchema>

/** Longest URL that is accepted, characters. */
export const MAX_URL_LENGTH = 8192

export const unrestrictRequestSchema = z.object({
  url: z.string().min(1).describe('Link of a supported host, as it was pasted'),
  password: z.string().max(256).nullish().describe('Password of the file, where it has one'),
})
export type UnrestrictRequest = z.infer<typeof unrestrictRequestSchema>

/** Media type of an NZB as the body of a request. */
export const NZB_TYPE = 'application/x-nzb'

export const remoteStatusSchema = z.enum(['pending', 'downloading', 'done', 'error'])
export type RemoteStatus = z.infer<typeof remoteStatusSchema>

export const linkSchema = z.object({
  linkId: z.string(),
  download_ready: z.boolean().describe('True only when the whole file lies on our storage'),
  remote_status: remoteStatusSchema,
  link: z.string().nullable().describe('Download URL when ready; null for a key that may not download'),
  filename: z.string(),
  filesize: z.string().regex(/^\d+$/).describe('Bytes, digits in a string'),
  hostDomain: z.string(),
  maxchunks: z.number().int().positive(),
  resumable: z.boolean(),
  poll_after_seconds: z.number().int().positive(),
  reusedExisting: z.boolean().describe('An existing link was returned and nothing was charged'),
  progress: z.number().min(0).max(1),
  bytes_done: bytes,
  speed_bps: bytes.optional().describe('Bytes per second'),
  eta_seconds: z.number().int().nonnegative().optional().describe('Estimated time until the file is here'),
  queue_position: z.number().int().positive().optional().describe('While it waits for its turn; 1 is next'),
  attempt: z.number().int().nonnegative(),
  expires_at: z.number().int().describe('Epoch ms'),
  error: z
    .object({
      status: z.number().int(),
      msg: z.string(),
      retry_in_seconds: z.number().int().positive().optional(),
    })
    .optional(),
  hashes: z
    .object({ sha256: z.string(), md5: z.string().optional(), crc32c: z.string().optional() })
    .optional()
    .describe('Of the whole file as it is served, lower-case hex; crc32c is CRC-32C'),
  missing_bytes: bytes
    .optional()
    .describe(
      'Bytes that their host has lost: zeros, or what is left of them, stand in their place. Absent where none are known',
    ),
})
export type LinkAnswer = z.infer<typeof linkSchema>

/** The gates that look at the URL alone. */
export const URL_GATES = ['host_known', 'host_enabled'] as const
export type UrlGate = (typeof URL_GATES)[number]

/** The gates of admission behind them, in the order in which they refuse. */
export const ADMISSION_GATES = [
  'account',
  'block',
  'reuse',
  'file',
  'fetcher',
  'store',
  'host_working',
  'slots',
  'host_usage',
  'pool',
  'traffic',
] as const
export type AdmissionGate = (typeof ADMISSION_GATES)[number]

export const gateSchema = z.object({
  gate: z.enum([...URL_GATES, ...ADMISSION_GATES]),
  pass: z.boolean(),
  status: z.number().int().optional().describe('Number of the error table, where it does not let pass'),
  msg: z.string(),
  used: bytes.optional().describe('Bytes; links with `slots`'),
  max: bytes.nullable().optional().describe('Bytes; links with `slots`; null is without a limit'),
  running: z.number().int().nonnegative().optional().describe('Links whose files are being fetched'),
  waiting: z.number().int().nonnegative().optional(),
  max_running: z.number().int().nonnegative().optional(),
  max_waiting: z.number().int().nonnegative().optional(),
  resets_at: z
    .number()
    .int()
    .nullable()
    .optional()
    .describe('Epoch ms at which the window begins to free up'),
  link_id: z.string().optional().describe('The link that would be returned'),
  clears_in_seconds: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('When this very file would pass, or when to look again; absent where time does not help'),
})
export type GateAnswer = z.infer<typeof gateSchema>

export const explainSchema = z.object({
  allowed: z.boolean().describe('Whether /unrestrict would give a link now, as far as is known'),
  status: z.number().int().optional().describe('What it would be refused with'),
  msg: z.string().optional(),
  retry_in_seconds: z.number().int().positive().optional(),
  platform: z.string().nullable(),
  filename: z.string().nullable(),
  filesize: z.string().regex(/^\d+$/).nullable().describe('Bytes, digits in a string; null is unknown'),
  cost: bytes.nullable().describe('What would be charged, bytes; 0 with a valid link; null is unknown'),
  gates: z.array(gateSchema).describe('In the order in which they refuse; the first that fails decides'),
})
export type ExplainAnswer = z.infer<typeof explainSchema>

export const explainRequestSchema = z.object({
  url: z.string().min(1).describe('Link of a supported host'),
})
export type ExplainRequest = z.infer<typeof explainRequestSchema>

/** Most URLs in one check. */
export const MAX_CHECKED_URLS = 100

export const checkRequestSchema = z.object({
  urls: z
    .array(z.unknown().meta({ type: 'string' }))
    .min(1)
    .max(MAX_CHECKED_URLS)
    .describe('Links; one that is no text is answered as unsupported, and the others are checked'),
})
export type CheckRequest = z.infer<typeof checkRequestSchema>

export const checkedUrlSchema = z.object({
  url: z.string(),
  availability: z.enum(['online', 'offline', 'unknown']),
  platform: z.string().nullable(),
  filename: z.string().nullable(),
  filesize: z.string().regex(/^\d+$/).nullable().describe('Bytes, digits in a string; null is unknown'),
  cost: bytes.nullable().describe('What a link would cost now, bytes; 0 with a valid link; null is unknown'),
  reusable: z.boolean().describe('There is a valid link to it'),
  stale: z
    .boolean()
    .optional()
    .describe(
      'Name, size and cost are what the host told before: it cannot be asked now, and a link would wait for it',
    ),
  status: z.number().int().optional().describe('What /unrestrict would refuse it with now'),
  msg: z.string().optional(),
  retry_in_seconds: z.number().int().positive().optional(),
})
export type CheckedUrl = z.infer<typeof checkedUrlSchema>

export const checkSchema = z.object({
  results: z.array(checkedUrlSchema).describe('One per different URL, in the order of their first'),
})
export type CheckAnswer = z.infer<typeof checkSchema>

/** Most links in one batch, and most files of the folders among them. */
export const MAX_BATCH_LINKS = 500

export const batchRequestSchema = z
  .object({
    urls: z
      .array(z.unknown().meta({ type: 'string' }))
      .min(1)
      .max(MAX_BATCH_LINKS)
      .optional()
      .describe('Links; one that is no text is answered as unsupported, and the others are taken'),
    text: z
      .string()
      .min(1)
      .optional()
      .describe(`Instead: a text with up to ${MAX_BATCH_LINKS} links, as pasted`),
    password: unrestrictRequestSchema.shape.password,
    expand: z.boolean().default(false).describe('Have all files of folders fetched'),
  })
  .refine(({ urls, text }) => (urls === undefined) !== (text === undefined), 'either urls or text')
export type BatchRequest = z.output<typeof batchRequestSchema>

export const batchFileSchema = z.object({
  url: z.string(),
  success: z.boolean(),
  data: linkSchema.optional().describe('The link, as /unrestrict gives it'),
  status: z.number().int().optional().describe('What it is refused with'),
  msg: z.string().optional(),
  retry_in_seconds: z.number().int().positive().optional(),
  details: z.array(z.string()).optional(),
})
export type BatchFile = z.infer<typeof batchFileSchema>

export const batchRowSchema = batchFileSchema.extend({
  files: z
    .array(batchFileSchema)
    .optional()
    .describe('Instead of `data`, of a folder with `expand`: its files'),
})
export type BatchRow = z.infer<typeof batchRowSchema>

export const batchSchema = z.object({
  results: z.array(batchRowSchema).describe('One per link, in their order'),
})
export type BatchAnswer = z.infer<typeof batchSchema>

export const expandSchema = z.object({
  platform: z.string(),
  title: z.string().optional().describe('Of the post, as its NZB tells'),
  password: z.string().optional().describe('Of the archives in the post, as its NZB tells'),
  category: z.string().optional().describe('Of the post, as its NZB tells'),
  links: z.array(
    z.object({
      url: z.string().describe('For /unrestrict, or for /expand where it is a folder'),
      kind: z.enum(['file', 'folder']),
      filename: z.string().nullable(),
      filesize: z.string().regex(/^\d+$/).nullable().describe('Bytes, digits in a string; null is unknown'),
      missing_bytes: bytes
        .optional()
        .describe(
          'Bytes that are known to be lost; an estimate until the file is stored. Absent where none are',
        ),
    }),
  ),
})
export type ExpandAnswer = z.infer<typeof expandSchema>
