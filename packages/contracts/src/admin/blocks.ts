import { z } from 'zod'
import { text } from '../fields.js'
import { isoTime } from './fields.js'

export const blockKindSchema = z
  .enum(['url', 'file', 'name', 'sha256'])
  .describe('What `value` is: a link, a file of a platform, a pattern of names, a hash')
const VALUE =
  '`url`: a link. `file`: `<platform>:<file id>`. `name`: a pattern with `*` and `?`, whatever the case. `sha256`: 64 hex digits'
export const blockCreateSchema = z.strictObject({
  kind: blockKindSchema,
  value: text(2048).describe(VALUE),
  reason: text(500).describe('Why, for other operators'),
})
export type BlockCreate = z.infer<typeof blockCreateSchema>

export const blockSchema = z.object({
  id: z.string().describe('Id of the block'),
  kind: blockKindSchema,
  value: z.string().describe(VALUE),
  reason: z.string().describe('Why, as it was given'),
  createdAt: isoTime('When it was made'),
})
export type BlockView = z.infer<typeof blockSchema>

export const blockCreatedSchema = blockSchema.extend({
  files: z.number().int().nonnegative().describe('Files that were stored or being fetched'),
  links: z.number().int().nonnegative().describe('Links that were revoked'),
  complete: z.boolean().describe('False: there are more files than could be gone through; fetchers go on'),
})
export type BlockCreated = z.infer<typeof blockCreatedSchema>
