import { z } from 'zod'
import { bytes } from '../fields.js'
import { removedSchema } from './fields.js'

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
