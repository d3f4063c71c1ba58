import { z } from 'zod'
import {
  DEFAULT_SHARE_DOWNLOADS,
  DEFAULT_SHARE_SECONDS,
  MAX_SHARE_DOWNLOADS,
  MAX_SHARE_SECONDS,
} from './share-limits.js'

export const shareRequestSchema = z.strictObject({
  expires_in_seconds: z
    .number()
    .int()
    .min(60)
    .max(MAX_SHARE_SECONDS)
    .default(DEFAULT_SHARE_SECONDS)
    .describe('For how long, s; it ends with its link at the latest'),
  max_downloads: z
    .number()
    .int()
    .min(1)
    .max(MAX_SHARE_DOWNLOADS)
    .default(DEFAULT_SHARE_DOWNLOADS)
    .describe('How often it may be downloaded; all that one client asks for within a day is one download'),
})
export type ShareRequest = z.output<typeof shareRequestSchema>

export const shareSchema = z.object({
  id: z.string().describe('Id of the share'),
  linkId: z.string().describe('Link that is shared'),
  url: z.string().describe('For others, who need no key; whoever has it may download'),
  filename: z.string().describe('Name of the file'),
  state: z
    .enum(['open', 'used_up', 'over'])
    .describe('`used_up`: only who has begun may go on. `over`: its time, or its link, has ended'),
  downloads: z.number().int().nonnegative().describe('Clients that were counted'),
  max_downloads: z.number().int().positive().describe('How many there may be'),
  created_at: z.number().int().describe('Epoch ms at which it was made'),
  expires_at: z.number().int().describe('Epoch ms at which it ends at the latest'),
})
export type ShareAnswer = z.infer<typeof shareSchema>

export const shareListSchema = z.object({
  shares: z.array(shareSchema).describe('The newest first, also those that are over'),
})
export type ShareListAnswer = z.infer<typeof shareListSchema>

export const shareRemovedSchema = z.object({
  id: z.string().describe('Id of the share'),
  removed: z.literal(true).describe('Nobody downloads by it any more'),
})
export type ShareRemoved = z.infer<typeof shareRemovedSchema>
