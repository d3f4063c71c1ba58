import { z } from 'zod'

/** The external API, version 1: the names, types and units that download clients rely on. */

const bytes = z.number().int().nonnegative()

export const accountSchema = z.object({
  accountType: z.enum(['premium', 'free']).describe('`premium` if trafficmax > 0'),
  trafficleft: bytes.describe('Remaining account traffic, bytes'),
  trafficmax: bytes.describe('Total purchased quota, bytes'),
  trafficmax_daily: bytes.describe('What this account may use per host in 24 h, bytes; 0 is without a cap'),
  timeleft: z.number().int().nonnegative().nullable().describe('Seconds until the account expires'),
  login_check_interval: z.number().int().positive().describe('Suggested polling interval, ms'),
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
export const MAX_URL_LENGTH = 2048

export const unrestrictRequestSchema = z.object({
  url: z.string().min(1).describe('Link of a supported host'),
  password: z.string().max(256).nullish().describe('Password of the file, where it has one'),
})
export type UnrestrictRequest = z.infer<typeof unrestrictRequestSchema>

export const remoteStatusSchema = z.enum(['pending', 'downloading', 'done', 'error'])
export type RemoteStatus = z.infer<typeof remoteStatusSchema>

export const linkSchema = z.object({
  linkId: z.string(),
  download_ready: z.boolean().describe('True only when the whole file lies on our storage'),
  remote_status: remoteStatusSchema,
  link: z.string().nullable().describe('Download URL when ready'),
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
  eta_seconds: z.number().int().nonnegative().optional(),
  attempt: z.number().int().nonnegative(),
  expires_at: z.number().int().describe('Epoch ms'),
  error: z
    .object({
      status: z.number().int(),
      msg: z.string(),
      retry_in_seconds: z.number().int().positive().optional(),
    })
    .optional(),
  hashes: z.object({ sha256: z.string(), md5: z.string() }).optional(),
})
export type LinkAnswer = z.infer<typeof linkSchema>
