import { z } from 'zod'
import { nextSchema } from './admin/pages.js'
import { linkSchema, packageName } from './external.js'
import { NOT_BY_KEY, keyFilter, keyId, keyName } from './fields.js'

/** Most links of one page, and those of a page without a limit. */
export const MAX_LISTED_LINKS = 500
const DEFAULT_LISTED_LINKS = 100

/** As `remote_status`, with a word for what is over without a failure. */
export const linkStateSchema = z.enum(['pending', 'downloading', 'done', 'error', 'ended'])
export type LinkState = z.infer<typeof linkStateSchema>

export const linkListQuerySchema = z.strictObject({
  state: linkStateSchema
    .optional()
    .describe('`error`: it failed or was blocked; `ended`: its time is over, or it was cancelled or removed'),
  platform: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('Id of the platform or one of its hostnames, whatever the case'),
  search: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'must be without control characters')
    .optional()
    .describe('Words that all stand in the file name, whatever their order and case'),
  package: packageName.optional().describe('What the links were called together when they were asked for'),
  key: keyFilter,
  since: z.iso.datetime({ offset: true }).optional().describe('Made then or later; ISO 8601'),
  until: z.iso.datetime({ offset: true }).optional().describe('Made before; ISO 8601'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LISTED_LINKS)
    .default(DEFAULT_LISTED_LINKS)
    .describe('Links of the page'),
  after: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .describe('`next` of the page before, with the same filters; left out: from the newest'),
})
export type LinkListQuery = z.output<typeof linkListQuerySchema>

export const listedLinkSchema = linkSchema.extend({
  state: linkStateSchema.describe('As `remote_status`, with `ended` for what is over without a failure'),
  platform: z.string().describe('Id of the platform, such as `RapidGator`'),
  package: z.string().nullable().describe('What the links were called together when they were asked for'),
  keyId: keyId.optional().describe(`${keyId.description}. ${NOT_BY_KEY}`),
  key: keyName.optional().describe(`${keyName.description}. ${NOT_BY_KEY}`),
  created_at: z.number().int().describe('Epoch ms at which it was made'),
  ended_at: z.number().int().nullable().describe('Epoch ms at which it ended; null: it has not'),
  stream: z
    .object({
      progress: z
        .number()
        .min(0)
        .max(1)
        .describe('Share of the file that was sent since then, each byte once'),
      bytes_per_second: z.number().int().nonnegative().describe('Of the last seconds'),
      connections: z.number().int().nonnegative().describe('Answers that are being sent'),
      since: z.number().int().describe('Epoch ms at which it began, or went on after a quarter of an hour'),
    })
    .nullable()
    .describe(
      'While it is downloaded from this server, as of a few seconds ago; null: it is not, or others send its bytes. ' +
        'Downloads by its shares are not told',
    ),
})
export type ListedLink = z.infer<typeof listedLinkSchema>

export const linkListSchema = z.object({
  links: z.array(listedLinkSchema).describe('The newest first; with a filter a page may have fewer, or none'),
  next: nextSchema,
})
export type LinkListAnswer = z.infer<typeof linkListSchema>
