import { z } from 'zod'
import type { Language } from './portal/session.js'
import { refusalTexts } from './refusal-texts.js'
import { REFUSALS, type Refusal, type RefusalRow } from './refusals.js'

export const failureSchema = z.object({
  success: z.literal(false).describe('Always false of a failure'),
  status: z.number().int().describe('Number of the error table'),
  msg: z
    .string()
    .describe('For people; constant per status and cause. English, or as `Accept-Language` asks'),
  error: z.string().optional().describe('Of calls that are from an RFC: the name that it has for this error'),
  action: z
    .string()
    .optional()
    .describe('What to do about it: for people, and for who writes a client; constant per cause'),
  retry_in_seconds: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Seconds; present only where a retry makes sense'),
  details: z.array(z.string()).optional().describe("What is wrong with the caller's own input"),
})
export type Failure = z.infer<typeof failureSchema>

export function successSchema<T extends z.ZodType>(data: T) {
  return z.object({
    success: z.literal(true).describe('Always true of a success'),
    data: data.description === undefined ? data.describe('The answer itself') : data,
  })
}

export interface Success<T> {
  success: true
  data: T
}

export function success<T>(data: T): Success<T> {
  return { success: true, data }
}

/** What clients are told of a refusal, in a failure as well as in rows of answers. */
export function refusalFields(
  refusal: Refusal,
  language: Language = 'en',
): Pick<Failure, 'status' | 'msg' | 'error' | 'action' | 'retry_in_seconds'> {
  const { status, error, retryInSeconds }: RefusalRow = REFUSALS[refusal.refusal]
  const { msg, action } = refusalTexts(refusal.refusal, language)
  const retry = refusal.options.retryInSeconds ?? retryInSeconds
  return {
    status,
    msg,
    ...(error === undefined ? {} : { error }),
    action,
    ...(retry === undefined ? {} : { retry_in_seconds: Math.max(1, Math.ceil(retry)) }),
  }
}

export function failure(refusal: Refusal, language: Language = 'en'): Failure {
  return {
    success: false,
    ...refusalFields(refusal, language),
    ...(refusal.options.details === undefined ? {} : { details: [...refusal.options.details] }),
  }
}

/**
 * The whole answer to a refusal: HTTP code, headers and body. With `errorsAs200` (a property of the key)
 * the codes whose bodies some clients cannot read become 200; 401, 403 and 404 stay.
 */
export function failureAnswer(
  refusal: Refusal,
  errorsAs200 = false,
  language: Language = 'en',
): { code: number; headers: Record<string, string>; body: Failure } {
  const body = failure(refusal, language)
  const { http } = REFUSALS[refusal.refusal]
  const readable = http === 401 || http === 403 || http === 404
  return {
    code: errorsAs200 && !readable ? 200 : http,
    headers: body.retry_in_seconds === undefined ? {} : { 'retry-after': String(body.retry_in_seconds) },
    body,
  }
}
