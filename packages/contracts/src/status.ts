import { z } from 'zod'
import { isoTime, platformId } from './admin/fields.js'
import { text } from './fields.js'
import { LANGUAGES } from './portal/session.js'

const MAX_ANNOUNCEMENT = 1_000

/** By language; who has none of theirs is shown another one. Plain text, in which line ends count. */
export const announcementTextsSchema = z
  .partialRecord(z.enum(LANGUAGES), text(MAX_ANNOUNCEMENT))
  .refine((texts) => Object.keys(texts).length > 0, 'must have a text')
  .describe('By language, `en` or `zh-TW`; plain text')
export type AnnouncementTexts = z.infer<typeof announcementTextsSchema>

export const announcementSchema = z.object({
  texts: announcementTextsSchema,
  since: isoTime('Since when it is announced'),
})
export type Announcement = z.infer<typeof announcementSchema>

/** While it lasts new links are refused; what was taken before goes on, and downloads do. */
export const maintenanceSchema = z.object({
  since: isoTime('Since when new links are refused'),
  until: isoTime('When it is expected to be over').nullable(),
  note: announcementTextsSchema.nullable(),
})
export type Maintenance = z.infer<typeof maintenanceSchema>

/** What who is signed in is told. */
export const currentAnnouncementSchema = z.object({
  announcement: announcementSchema.nullable(),
  maintenance: maintenanceSchema.nullable(),
})
export type CurrentAnnouncement = z.infer<typeof currentAnnouncementSchema>

const maintenanceUpdateSchema = z
  .strictObject({
    note: announcementTextsSchema.optional(),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('When it is expected to be over, which clients are told; ISO 8601'),
    endsByItself: z.boolean().default(false).describe('Whether it ends at `until`; else an operator ends it'),
  })
  .refine(({ until, endsByItself }) => until !== undefined || !endsByItself, {
    path: ['endsByItself'],
    message: 'needs `until`',
  })
export type MaintenanceUpdate = z.infer<typeof maintenanceUpdateSchema>

export const statusPageUpdateSchema = z.strictObject({
  published: z.boolean().optional().describe('Whether everybody may see `/status`'),
  announcement: announcementTextsSchema
    .nullable()
    .optional()
    .describe('Shown on `/status` and to everybody who is signed in; null ends it'),
  maintenance: maintenanceUpdateSchema
    .nullable()
    .optional()
    .describe('New links are refused with 105, and everybody is told; null ends it'),
})
export type StatusPageUpdate = z.infer<typeof statusPageUpdateSchema>

export const statusPageViewSchema = z.object({
  published: z.boolean().describe('Whether everybody may see `/status`'),
  announcement: announcementSchema.nullable().describe('null: nothing is announced'),
  maintenance: maintenanceSchema
    .extend({ endsByItself: z.boolean().describe('Whether it ends at `until`') })
    .nullable()
    .describe('null: there is none'),
})
export type StatusPageView = z.infer<typeof statusPageViewSchema>

const share = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .describe('Share of fetches that ended well; null without one')
const speed = z.number().int().positive().nullable().describe('Median of those, bytes per second')

/** How a host did over a time. */
const did = z.object({ success: share, speed })

export const hostStateSchema = z
  .enum(['working', 'degraded', 'down'])
  .describe('`degraded`: it works, and in 24 hours more than one fetch in ten failed there')
export type HostState = z.infer<typeof hostStateSchema>

/** What everybody may know: shares and medians, in which nobody's files can be counted. */
export const statusSchema = z.object({
  hosts: z.array(
    z.object({
      platform: platformId,
      state: hostStateSchema,
      checkedAt: isoTime('When a fetch of it ended last, or its canary was looked for').nullable(),
      day: did.describe('The last 24 hours'),
      quarter: did.describe('The last 90 days'),
      days: z
        .array(did.extend({ from: isoTime('When the day begins') }))
        .describe('Of those the days with fetches, in their order'),
    }),
  ),
  announcement: announcementSchema.nullable(),
  maintenance: maintenanceSchema.nullable(),
  updatedAt: isoTime('When this was put together'),
})
export type StatusAnswer = z.infer<typeof statusSchema>
export type StatusHost = StatusAnswer['hosts'][number]
