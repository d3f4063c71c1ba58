import { z } from 'zod'
import { bytes } from '../fields.js'
import { bandwidth, isoTime, platformId } from './fields.js'

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

const MAX_CHUNKS = 'Connections per file that clients may use against our proxy'
const MAX_DOWNLOADS = 'Files of one user that are fetched at once'
const MAX_QUEUED = 'Files of one user that may wait beside those'

export const hostUpdateSchema = z.strictObject({
  enabled: z.boolean().optional().describe('Whether links of it are taken'),
  maxChunks: z.number().int().min(1).max(64).optional().describe(MAX_CHUNKS),
  maxDownloads: z.number().int().min(1).max(1000).optional().describe(MAX_DOWNLOADS),
  maxQueued: z.number().int().min(0).max(100_000).optional().describe(MAX_QUEUED),
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
    .optional()
    .describe('Base URLs of its servers in place of its own, by name; null goes back to its own'),
})
export type HostUpdate = z.infer<typeof hostUpdateSchema>

export const hostHealthSchema = z.object({
  working: z.boolean().describe('False while the circuit is open or nearly every fetch failed'),
  openUntil: isoTime('When its circuit lets a probe pass; null: it is closed').nullable(),
  failures: z.number().int().nonnegative().describe('Failures of the platform in a row'),
  successRate: z.number().nullable().describe('Share of fetches, 0–1, weighted towards the latest'),
  speed: bytes.nullable().describe('Bytes per second, median of the latest fetches that succeeded'),
  lastError: z.string().nullable().describe('What failed last; null: nothing yet'),
  lastErrorAt: isoTime('When that was').nullable(),
  canaryAt: isoTime('When the canary was asked for last').nullable(),
  canaryError: z.string().nullable().describe('Kind of the error it ended in; null if it was there'),
})

export const hostViewSchema = z.object({
  platform: platformId,
  enabled: z.boolean().describe('Whether links of it are taken'),
  domains: z.array(z.string()).describe('Hostnames in force'),
  maxChunks: z.number().describe(MAX_CHUNKS),
  maxDownloads: z.number().describe(MAX_DOWNLOADS),
  maxQueued: z.number().describe(MAX_QUEUED),
  solo: z.boolean().describe('One fetch per user at a time'),
  bandwidth: bytes.nullable().describe('Bytes per second that all fetchers together take'),
  canaryUrl: z
    .string()
    .nullable()
    .describe('The link that is asked for every quarter of an hour; null: none'),
  health: hostHealthSchema.describe('How it has worked lately'),
  resumable: z.boolean().describe('Whether a fetch that broke off goes on where it was'),
  needsAccount: z.boolean().describe('Whether nothing can be fetched there without an account'),
  accounts: z.number().int().describe('Accounts that you have there'),
  traffic: z
    .object({
      left: bytes.describe('Bytes that the accounts have left'),
      perDay: bytes.nullable().describe('Bytes that they use a day, of late; null until that is known'),
      renewsAt: isoTime('When an account is about to get new traffic; null: not seen yet').nullable(),
    })
    .nullable()
    .describe('Traffic there; null without accounts, and where one has no limit or does not tell'),
  credentials: z
    .array(
      z.object({
        name: z.string().describe('Name by which it is given'),
        label: z.string().describe('What it is, for people'),
        required: z.boolean().describe('Whether an account cannot be without it'),
        secret: z.boolean().describe('Whether it is never shown again'),
        kind: z
          .literal('cookies')
          .optional()
          .describe(
            "A browser's cookies: a Cookie header, a whole request (also as cURL), rows of the developer tools, " +
              "a cookies.txt or an extension's JSON",
          ),
      }),
    )
    .describe('What an account there is made of'),
  switches: z
    .array(
      z.object({
        name: z.string().describe('Name by which it is set'),
        label: z.string().describe('What it does, for people'),
        on: z.boolean().describe('Whether it is on'),
      }),
    )
    .describe('Switches of the platform'),
  origins: z.record(z.string(), z.string()).describe('Base URLs in force, by name'),
  originOverrides: z.record(z.string(), z.string()).describe('Those of them that an operator set'),
})
export type HostView = z.infer<typeof hostViewSchema>

export const hostWordsSchema = z.object({
  platform: platformId,
  words: z.string().describe('What the host said: without secrets, figures as `#`'),
  takenFor: z.string().describe('Kind of host error that it was taken for'),
  count: z.number().int().describe('How often it was said'),
  firstAt: isoTime('When it was said first'),
  lastAt: isoTime('When it was said last'),
})
export type HostWordsView = z.infer<typeof hostWordsSchema>
