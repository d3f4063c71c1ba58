/* What API v2 answers, and how it refuses. */
import { z } from 'zod'
import { timeOf } from '../../kit/fields/dates.js'
import { field } from '../../kit/fields/schema.js'
import { hashOf } from '../../kit/fields/text.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'

/** Sub-codes are told from codes by this. */
const SUB = 'sub '
/** Codes that only say that there is no download: the sub-code has the reason. */
const VAGUE_CODES: readonly unknown[] = [21, 22, 42]
const MAX_WAIT_SECONDS = 86_400

const detailSchema = z.object({ code: field.number, message: field.text, timeRemaining: field.number })
const refusalSchema = z.object({
  status: field.text,
  code: field.number,
  errorCode: field.number,
  message: field.text,
  errors: z.array(detailSchema).catch([]),
})

const fileSchema = z.object({
  name: field.text,
  size: field.bytes,
  md5: z
    .unknown()
    .optional()
    .transform((value) => hashOf('md5', value)),
  is_available: field.flag,
  is_folder: field.flag,
  access: field.text,
})
const listedSchema = fileSchema.extend({ id: field.requiredText, requested_id: field.text })

/** Never premium is `false`; what is no date at all would take a paying account out of use. */
const expirySchema = z.unknown().transform((value, check) => {
  if (value === false || value === null || value === 0 || value === '0') return undefined
  const time = timeOf(value)
  if (time === undefined) check.addIssue({ code: 'custom', message: 'is no date' })
  return time
})

const success = z.object({ status: z.string().regex(/^success$/i) })

/** answers are the schemas of what successful calls answer. */
export const answers = {
  login: success.extend({ auth_token: field.requiredText }),
  account: success.extend({
    account_expires: expirySchema,
    available_traffic: field.traffic,
    quota_reset_at: field.time,
  }),
  files: success.extend({ files: z.array(listedSchema) }),
  file: success.extend({ ...fileSchema.shape, id: field.text }),
  folder: success.extend({ is_folder: field.flag, files: z.array(listedSchema).default([]) }),
  link: success.extend({ url: field.requiredUrl }),
}

export type ListedFile = z.infer<typeof listedSchema>
export type FileStatus = z.infer<typeof fileSchema> & { id?: string | undefined }

/**
 * What an answer refuses. The codes 21, 22 and 42 stand for many reasons: there a sub-code goes before the
 * code, written `sub N` in the table of refusals.
 */
export function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const read = refusalSchema.safeParse(json)
  if (!read.success || read.data.status?.toLowerCase() === 'success') return undefined
  const { code, errorCode, errors, message, status } = read.data
  if (status === undefined && errorCode === undefined && httpStatus < 400) return undefined
  const [detail] = errors
  const sub = VAGUE_CODES.includes(errorCode) ? detail?.code : undefined
  const seconds = detail?.timeRemaining
  const words = [message, ...errors.map((one) => one.message)].filter((word) => word !== undefined)
  return {
    status: code ?? httpStatus,
    code: sub === undefined ? errorCode : `${SUB}${sub}`,
    text: words.join('\n'),
    ...(seconds !== undefined && seconds > 0 && { retryAfterMs: Math.min(seconds, MAX_WAIT_SECONDS) * 1000 }),
  }
}
