import { z } from 'zod'
import { bytes } from '../fields.js'
import { bandwidth } from './fields.js'

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
    z.object({
      name: z.string(),
      label: z.string(),
      required: z.boolean(),
      secret: z.boolean(),
      kind: z
        .literal('cookies')
        .optional()
        .describe("A browser's cookies: a Cookie header, a cookies.txt or an extension's JSON"),
    }),
  ),
  switches: z.array(z.object({ name: z.string(), label: z.string(), on: z.boolean() })),
  origins: z.record(z.string(), z.string()).describe('Base URLs in force'),
  originOverrides: z.record(z.string(), z.string()),
})
export type HostView = z.infer<typeof hostViewSchema>

export const hostWordsSchema = z.object({
  platform: z.string(),
  words: z.string().describe('What the host said: without secrets, figures as `#`'),
  takenFor: z.string().describe('Kind of host error that it was taken for'),
  count: z.number().int(),
  firstAt: z.string(),
  lastAt: z.string(),
})
export type HostWordsView = z.infer<typeof hostWordsSchema>
