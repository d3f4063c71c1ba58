import { z } from 'zod'
import { text } from '../fields.js'

export const blockKindSchema = z.enum(['url', 'file', 'name', 'sha256'])
/** `file`: `<platform>:<file id>`. `name`: a pattern with `*` and `?`, whatever the case. */
export const blockCreateSchema = z.strictObject({
  kind: blockKindSchema,
  value: text(2048),
  reason: text(500),
})
export type BlockCreate = z.infer<typeof blockCreateSchema>

export const blockSchema = z.object({
  id: z.string(),
  kind: blockKindSchema,
  value: z.string(),
  reason: z.string(),
  createdAt: z.string(),
})
export type BlockView = z.infer<typeof blockSchema>

export const blockCreatedSchema = blockSchema.extend({
  files: z.number().int().nonnegative().describe('Files that were stored or being fetched'),
  links: z.number().int().nonnegative().describe('Links that were revoked'),
  complete: z.boolean().describe('False: there are more files than could be gone through; fetchers go on'),
})
export type BlockCreated = z.infer<typeof blockCreatedSchema>
