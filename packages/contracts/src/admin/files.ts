import { z } from 'zod'
import { bytes, text } from '../fields.js'
import { isoTime, platformId, removedSchema } from './fields.js'
import { pageQueryWith } from './pages.js'

export const fileStateSchema = z.enum(['idle', 'pending', 'downloading', 'done', 'error'])

export const fileListQuerySchema = pageQueryWith({
  search: text(200)
    .optional()
    .describe(
      'A part of the name, whatever the case; or the whole id at its host, SHA-256 or id of the file',
    ),
  state: fileStateSchema.optional().describe('Only files that stand so'),
})
export type FileListQuery = z.output<typeof fileListQuerySchema>

export const fileViewSchema = z.object({
  id: z.string().describe('Id of the file here'),
  platform: platformId,
  fileId: z.string().describe('Id of the file at its platform'),
  name: z.string().nullable().describe('Name, as its host tells it; null while that is unknown'),
  size: bytes.nullable().describe('Bytes; null while that is unknown'),
  state: z
    .string()
    .describe(
      '`idle`: nobody wants its bytes. `pending`: to be fetched. `downloading`: being fetched. `done`: whole. `error`: refused for good',
    ),
  bytesDone: bytes.describe('Bytes that lie in the store'),
  attempts: z.number().int().describe('Attempts at its host since it was wanted'),
  refusal: z.string().nullable().describe('Cause by which it was refused last; null without one'),
  sha256: z.string().nullable().describe('Of the stored file, lower-case hex; null while it is not whole'),
  worker: z.string().nullable().describe('Fetcher that has it; null: none'),
  links: z.number().int().describe('Live links to it'),
  pinned: z.boolean().describe('Kept whatever its age and however full the store is'),
  updatedAt: isoTime('When its row changed last'),
})
export const fileUpdateSchema = z.strictObject({
  pinned: z.boolean().describe('Keep it, whatever its age and however full the store is'),
})
export type FileUpdate = z.infer<typeof fileUpdateSchema>
export const fileRemovedSchema = removedSchema.extend({
  links: z.number().int().nonnegative().describe('Links that ended'),
})
export type FileRemoved = z.infer<typeof fileRemovedSchema>
export type FileView = z.infer<typeof fileViewSchema>
