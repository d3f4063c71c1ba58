import { z } from 'zod'
import { email } from '../fields.js'
import { languageSchema } from '../portal/session.js'

export const mailTestSchema = z.strictObject({
  to: email.describe('Where the test mail goes'),
  language: languageSchema.optional().describe('Of the mail; else that of `Accept-Language`'),
})
export type MailTest = z.input<typeof mailTestSchema>

export const mailTestedSchema = z.object({
  sent: z.boolean().describe('Whether the mail server has taken it'),
  error: z.string().nullable().describe('What went wrong otherwise, as far as that is known'),
})
export type MailTested = z.infer<typeof mailTestedSchema>

export const mailStateSchema = z.object({
  from: z.string().describe('MAIL_FROM'),
  waiting: z.number().int().nonnegative().describe('Mails that wait to be sent'),
  waitingSince: z.string().nullable().describe('Since when the oldest of them waits; ISO 8601, UTC'),
  error: z.string().nullable().describe('What kept the one of them from going that was tried last'),
  lastSentAt: z.string().nullable().describe('When one went, in the last day; ISO 8601, UTC'),
})
