import { z } from 'zod'
import { bytes } from '../fields.js'
import { isoTime } from './fields.js'

export const sweepRequestSchema = z.strictObject({
  dryRun: z.boolean().default(false).describe('Only count; nothing is removed'),
})
export type SweepRequest = z.infer<typeof sweepRequestSchema>

export const sweepViewSchema = z.object({
  id: z.string().describe('Id of the sweep'),
  dryRun: z.boolean().describe('Whether it only counts'),
  requestedAt: isoTime('When it was asked for'),
  finishedAt: isoTime('When it was over; null while it is under way').nullable(),
  objects: z.number().int().describe('Objects of this installation that were looked at'),
  bytes: bytes.describe('Bytes of those objects'),
  orphans: z.number().int().describe('Those that no file needs; younger than a day do not count'),
  orphanBytes: bytes.describe('Bytes of those'),
  names: z.array(z.string()).describe('Names of the first hundred orphans'),
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
  since: isoTime('Since when; null while it is `ok`').nullable(),
  retryAt: isoTime('When a fetcher tries it again').nullable(),
  place: z
    .string()
    .nullable()
    .describe('Directory, or bucket and address of the S3; null before the first fetcher'),
  stored: bytes.describe('Bytes of the files that lie there'),
  quota: bytes
    .nullable()
    .describe('STORAGE_QUOTA: beyond it files read least recently go; null: there is none'),
  growth: z
    .number()
    .int()
    .nullable()
    .describe('Bytes by which it grows a day, of late; null until that is known, after three days'),
  testedAt: isoTime('When `POST /store/test` had it tried last; null: never').nullable(),
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
