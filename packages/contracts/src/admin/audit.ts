import { z } from 'zod'

/** Entries of a page unless said otherwise, and at most. */
const PAGE = 100
const MAX_PAGE = 1_000

export const auditQuerySchema = z.strictObject({
  who: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The beginning of who it was (`token 1a2b`, `key 9f86`), or of the address'),
  what: z.string().min(1).max(200).optional().describe('A part of action or target, whatever the case'),
  since: z.iso.datetime({ offset: true }).optional().describe('Entries of then or later; ISO 8601'),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next` of a page')
    .optional()
    .describe('`next` of the page before; left out: from the beginning'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE).describe('Entries of the page'),
})
export type AuditQuery = z.output<typeof auditQuerySchema>

export const auditEntrySchema = z.object({
  id: z.string().describe('Id of the entry'),
  at: z.string().describe('When it was; of attempts the minute; ISO 8601, UTC'),
  kind: z
    .enum(['change', 'auth_failure'])
    .describe('`change`: a request that may change something. `auth_failure`: an attempt to get in'),
  who: z.string().describe('A token or key by the beginning of its SHA-256'),
  address: z
    .string()
    .describe('Of an IPv6 client its network of 64 bits; `others` where a minute had too many'),
  action: z.string().describe('Method and route'),
  target: z.string().nullable().describe('What was changed: an e-mail, an id, a platform'),
  targetName: z
    .string()
    .nullable()
    .describe('What the target is called where it is an id; null: it has no name, or is not known any more'),
  outcome: z
    .string()
    .nullable()
    .describe('`ok` or the cause of the refusal; null while under way, or where the gateway died over it'),
  changes: z
    .record(z.string(), z.tuple([z.unknown(), z.unknown()]))
    .nullable()
    .describe('Fields with their value before and after; secrets by a digest'),
  count: z.number().int().positive().describe('Attempts of this address at this route in this minute'),
})
export type AuditEntryView = z.infer<typeof auditEntrySchema>

export const auditPageSchema = z.object({
  items: z.array(auditEntrySchema).describe('The newest first'),
  next: z.string().nullable().describe('`after` of the next page; null: this is the last'),
})
export type AuditPage = z.infer<typeof auditPageSchema>
