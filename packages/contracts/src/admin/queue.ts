import { z } from 'zod'
import { isoTime, platformId } from './fields.js'

const count = z.number().int().nonnegative()

export const platformQueueSchema = z.object({
  platform: platformId,
  waiting: count.describe('Places in its queue: a file for each account that waits for it'),
  oldestAt: isoTime('When the oldest of those was asked for; null while nobody waits').nullable(),
  running: count.describe('Files that are being fetched'),
})
export type PlatformQueueView = z.infer<typeof platformQueueSchema>

export const fetcherSchema = z.object({
  id: z.string().describe('Name of the fetcher: `worker` of the files that it has'),
  startedAt: isoTime('When it started'),
  seenAt: isoTime('When it was seen last'),
  slots: count.describe('Files that it fetches at once at most'),
  running: count.describe('Files that it is fetching'),
})
export type FetcherView = z.infer<typeof fetcherSchema>
