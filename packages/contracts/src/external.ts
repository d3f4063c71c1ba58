import { z } from 'zod'
import { bytes } from './fields.js'

/** The external API, version 1: the names, types and units that download clients rely on. */

/** Fields that several answers have. */
const platformId = z.string().describe('Id of the platform, such as `RapidGator`')
const knownPlatform = platformId
  .nullable()
  .describe('Id of the platform, such as `RapidGator`; null where no platform takes the link')
const fileName = z.string().describe('Name of the file, as its host tells it, made harmless for every system')
const knownFileName = fileName.nullable().describe('Name of the file; null while its host has not told it')
const msg = z.string().describe('What `status` means here, for people; constant per cause')
const action = z.string().describe('What to do about it; constant per cause')
const retryInSeconds = z.number().int().positive().describe('Seconds after which a retry makes sense')

/** Connections per file against our proxy, where the operator set nothing for the platform. */
export const DEFAULT_MAX_CHUNKS = 16

export const hostLimitSchema = z.object({
  platform: platformId,
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
  resumable: z.boolean().describe('Whether downloads in ranges, and resumed ones, work through our proxy'),
  currently_working: z
    .boolean()
    .describe('Whether links of it are taken now; download managers hide it while this is false'),
  trafficleft: bytes
    .nullable()
    .describe('Remaining traffic of the platform, bytes; null is unknown or unlimited'),
  trafficmax_daily: bytes.describe('Total quota of the platform, bytes; 0 if unknown'),
  trafficmax: bytes.describe('The same value as trafficmax_daily'),
  traffic24h_used: bytes.describe("This account's use of the platform in the last 24 h, bytes"),
}

export const hostRowSchema = z.object({
  host: z.string().describe('Hostname, in lower case and without `www.`'),
  ...hostFigures,
})
export type HostRow = z.infer<typeof hostRowSchema>

const updatedAt = z.number().int().describe('Epoch ms of the last change')

export const hostsSchema = z.object({
  supportedhosts: z.array(hostRowSchema).describe('One row per hostname'),
  updated_at: updatedAt,
})
export type HostsAnswer = z.infer<typeof hostsSchema>

export const hostGroupSchema = z.object({
  platform: platformId,
  host: z.string().describe('Canonical hostname'),
  domains: z.array(z.string()).min(1).describe('All hostnames, sorted'),
  ...hostFigures,
})
export type HostGroup = z.infer<typeof hostGroupSchema>

export const hostGroupsSchema = z.object({
  supportedhosts: z.array(hostGroupSchema).describe('One row per platform'),
  updated_at: updatedAt,
})
export type HostGroupsAnswer = z.infer<typeof hostGroupsSchema>

/** Longest URL that is accepted, characters. */
export const MAX_URL_LENGTH = 8192

/** What a user calls links that belong together. */
export const packageName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must be without control characters')

const packageGiven = packageName
  .nullish()
  .describe('What the links of this request are called together; kept with them, also with those you had')

export const unrestrictRequestSchema = z.object({
  url: z.string().min(1).describe('Link of a supported host, as it was pasted'),
  password: z.string().max(256).nullish().describe('Password of the file, where it has one'),
  package: packageGiven,
})
export type UnrestrictRequest = z.infer<typeof unrestrictRequestSchema>

/** Media type of an NZB as the body of a request. */
export const NZB_TYPE = 'application/x-nzb'

export const remoteStatusSchema = z
  .enum(['pending', 'downloading', 'done', 'error'])
  .describe(
    '`pending`: it waits for its turn. `downloading`: it is being fetched. `done`: it lies here whole. `error`: it failed for good, see `error`',
  )
export type RemoteStatus = z.infer<typeof remoteStatusSchema>

export const linkSchema = z.object({
  linkId: z.string().describe('Id of the link, which polls and the download go by; nobody can guess it'),
  download_ready: z.boolean().describe('True only when the whole file lies on our storage'),
  remote_status: remoteStatusSchema,
  link: z.string().nullable().describe('Download URL when ready; null for a key that may not download'),
  filename: fileName,
  filesize: z.string().regex(/^\d+$/).describe('Bytes, digits in a string'),
  hostDomain: z.string().describe('Canonical hostname of the platform'),
  maxchunks: z
    .number()
    .int()
    .positive()
    .describe('Most connections at once that the download may be made with'),
  resumable: z.boolean().describe('Whether ranges, and going on after a pause, work'),
  poll_after_seconds: z
    .number()
    .int()
    .positive()
    .describe('When to ask `/link/{linkId}` next; there in every state'),
  reusedExisting: z.boolean().describe('An existing link was returned and nothing was charged'),
  progress: z.number().min(0).max(1).describe('Share of the file that lies on our storage'),
  bytes_done: bytes.describe('Bytes that lie on our storage'),
  speed_bps: bytes.optional().describe('Bytes per second'),
  eta_seconds: z.number().int().nonnegative().optional().describe('Estimated seconds until the file is here'),
  queue_position: z.number().int().positive().optional().describe('While it waits for its turn; 1 is next'),
  attempt: z.number().int().nonnegative().describe('Which attempt at its host this is; 0 before the first'),
  expires_at: z.number().int().describe('Epoch ms from which the link is no longer valid'),
  error: z
    .object({
      status: z.number().int().describe('Number of the error table'),
      msg,
      action: action.optional(),
      retry_in_seconds: retryInSeconds.optional(),
    })
    .optional()
    .describe('Why it failed; there when `remote_status` is `error`'),
  hashes: z
    .object({
      sha256: z.string().describe('SHA-256, 64 digits'),
      md5: z.string().optional().describe('MD5, 32 digits; where this server computes it'),
      crc32c: z.string().optional().describe('CRC-32C, 8 digits; where this server computes it'),
    })
    .optional()
    .describe('Of the whole file as it is served, lower-case hex; there when it is `done`'),
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
  'maintenance',
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
  gate: z
    .enum([...URL_GATES, ...ADMISSION_GATES])
    .describe(
      'What is asked. `host_known`: a platform takes the link. `host_enabled`: the operator has it on. `account`: yours may act. `block`: the file is not blocked. `reuse`: you have a valid link already. `file`: its host has not refused it. `maintenance`: the server takes new links. `fetcher`: somebody is there to fetch. `store`: there is room. `host_working`: the platform answers. `slots`: your downloads at once. `host_usage`: your 24 h there. `pool`: the accounts of the operator. `traffic`: yours',
    ),
  pass: z.boolean().describe('Whether it lets the link pass'),
  status: z.number().int().optional().describe('Number of the error table, where it does not let pass'),
  msg: z.string().describe('What it says, for people'),
  used: bytes.optional().describe('Bytes; links with `slots`'),
  max: bytes.nullable().optional().describe('Bytes; links with `slots`; null is without a limit'),
  running: z.number().int().nonnegative().optional().describe('Links whose files are being fetched'),
  waiting: z.number().int().nonnegative().optional().describe('Links whose files wait for their turn'),
  max_running: z.number().int().nonnegative().optional().describe('How many may be fetched at once'),
  max_waiting: z.number().int().nonnegative().optional().describe('How many may wait'),
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
  msg: msg.optional(),
  action: action.optional(),
  retry_in_seconds: retryInSeconds.optional(),
  platform: knownPlatform,
  filename: knownFileName,
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
  url: z.string().describe('The link, as it was sent'),
  availability: z
    .enum(['online', 'offline', 'unknown'])
    .describe('`online`: its host has the file. `offline`: it has not. `unknown`: it could not be asked'),
  platform: knownPlatform,
  filename: knownFileName,
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
  msg: msg.optional(),
  action: action.optional(),
  retry_in_seconds: retryInSeconds.optional(),
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
    package: unrestrictRequestSchema.shape.package,
    expand: z.boolean().default(false).describe('Have all files of folders fetched'),
  })
  .refine(({ urls, text }) => (urls === undefined) !== (text === undefined), 'either urls or text')
export type BatchRequest = z.output<typeof batchRequestSchema>

export const batchFileSchema = z.object({
  url: z.string().describe('The link, as it was sent or found in the text'),
  success: z
    .boolean()
    .describe('Whether there is a link to our copy, in `data`, or those of a folder, in `files`'),
  data: linkSchema.optional().describe('The link, as /unrestrict gives it'),
  status: z.number().int().optional().describe('What it is refused with'),
  msg: msg.optional(),
  action: action.optional(),
  retry_in_seconds: retryInSeconds.optional(),
  details: z.array(z.string()).optional().describe('What is wrong with this link, where more is known'),
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
  platform: platformId,
  title: z.string().optional().describe('Of the post, as its NZB tells'),
  password: z.string().optional().describe('Of the archives in the post, as its NZB tells'),
  category: z.string().optional().describe('Of the post, as its NZB tells'),
  links: z
    .array(
      z.object({
        url: z.string().describe('For /unrestrict, or for /expand where it is a folder'),
        kind: z.enum(['file', 'folder']).describe('What the link leads to'),
        filename: knownFileName,
        filesize: z.string().regex(/^\d+$/).nullable().describe('Bytes, digits in a string; null is unknown'),
        missing_bytes: bytes
          .optional()
          .describe(
            'Bytes that are known to be lost; an estimate until the file is stored. Absent where none are',
          ),
      }),
    )
    .describe('Files and folders in it, or the file itself'),
})
export type ExpandAnswer = z.infer<typeof expandSchema>
