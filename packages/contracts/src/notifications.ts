import { z } from 'zod'
import { NO_NUL, email, timeZone } from './fields.js'
import { NOTIFICATION_EVENTS } from './notification-events.js'

export const notificationEventSchema = z.enum(NOTIFICATION_EVENTS)

/** How somebody may be told. */
export const NOTIFICATION_CHANNELS = ['mail', 'webhook'] as const
export const notificationChannelSchema = z.enum(NOTIFICATION_CHANNELS)
export type NotificationChannel = z.infer<typeof notificationChannelSchema>

/** Of a webhook's URL, characters. */
const MAX_URL = 2_000
/** Platforms that one change is about, at most. */
const MAX_HOSTS = 100

const channels = z.array(notificationChannelSchema).max(NOTIFICATION_CHANNELS.length)
const byEvent = z.object({
  link_finished: channels.describe('A file that you wait for is ready to download'),
  link_failed: channels.describe('A link has ended in an error'),
  host_works_again: channels.describe('A host of `hosts` works again'),
  attention_needed: channels.describe(
    'Something on the overview of operators needs them; for operators alone',
  ),
})

const webhookUrl = z
  .url({ protocol: /^https?$/ })
  .max(MAX_URL)
  .refine(...NO_NUL)
  .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'must be without a user name')
  .describe('Where webhooks are sent, by POST: http or https')

/** Of a day, as `22:00`. */
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00')

export const quietHoursSchema = z
  .strictObject({
    from: timeOfDay.describe('When they begin, such as `22:00`'),
    until: timeOfDay.describe('When they end; on the next day where that is not after `from`'),
    timeZone: timeZone.describe('By the clock of which; its name in the IANA database'),
  })
  .refine(({ from, until }) => from !== until, 'must end at another time than they begin')
export type QuietHours = z.infer<typeof quietHoursSchema>

export const notificationsChangeSchema = z.strictObject({
  events: byEvent
    .partial()
    .strict()
    .optional()
    .describe('By what you are told of each event; one that is left out stays'),
  webhook: webhookUrl.nullish().describe('null: none any more. Left out: stays'),
  rotateSecret: z.literal(true).optional().describe('Another secret for the webhook, from now on'),
  hosts: z
    .record(z.string().min(1).max(64), z.boolean())
    .refine((hosts) => Object.keys(hosts).length <= MAX_HOSTS, `must have at most ${MAX_HOSTS}`)
    .optional()
    .describe('By platform, whether to tell once when it works again; one that is left out stays'),
  quiet: quietHoursSchema
    .nullish()
    .describe('Hours in which nothing is sent; it is sent afterwards. null: none any more. Left out: stays'),
})
export type NotificationsChange = z.output<typeof notificationsChangeSchema>

export const userNotificationsChangeSchema = notificationsChangeSchema.extend({ email })

export const notificationsSchema = z.object({
  events: byEvent.describe('By what you are told of each event'),
  mail: z.boolean().describe('Whether this server can send mails'),
  webhook: z
    .object({
      origin: z.string().describe('Beginning of its URL, which as a whole may be a secret'),
      failingSince: z.string().nullable().describe('Since when it fails; ISO 8601, UTC; null: it does not'),
      error: z.string().nullable().describe('How it failed last'),
    })
    .nullable()
    .describe('null: none'),
  hosts: z.array(z.string()).describe('Platforms of which to tell when they work again'),
  quiet: quietHoursSchema.nullable().describe('Hours in which nothing is sent; null: none'),
})
export type NotificationsView = z.infer<typeof notificationsSchema>

export const notificationsChangedSchema = notificationsSchema.extend({
  secret: z
    .string()
    .optional()
    .describe('By which webhooks are signed, in the answer that makes it and nowhere else'),
})
export type NotificationsChanged = z.infer<typeof notificationsChangedSchema>

export const notificationTestSchema = z.strictObject({
  channel: notificationChannelSchema.describe('Which one to try'),
})
export type NotificationTest = z.infer<typeof notificationTestSchema>

export const userNotificationTestSchema = notificationTestSchema.extend({ email })

export const notificationTestedSchema = z.object({
  sent: z.boolean().describe('Whether it was taken'),
  error: z.string().nullable().describe('What went wrong otherwise, as far as that is known'),
})
export type NotificationTested = z.infer<typeof notificationTestedSchema>
