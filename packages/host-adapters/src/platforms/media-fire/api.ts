import { z } from 'zod'
import type { HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { field } from '../../kit/fields/schema.js'
import { hashOf } from '../../kit/fields/text.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'MediaFire'

export const api = new JsonApi({ platform: PLATFORM, refusals: REFUSALS, parseRefusal })

const fileFields = {
  filename: field.text,
  size: field.bytes,
  hash: field.text,
  privacy: field.text,
  password_protected: field.flag,
  delete_date: field.time,
}
const oneFile = z.object({ quickkey: field.text, ...fileFields })
const ofMany = z.object({ quickkey: field.requiredText, ...fileFields })
export type FileFields = z.infer<typeof oneFile>

const linkEntry = z.object({
  direct_download: field.requiredUrl.optional().catch(undefined),
  direct_download_error: field.text,
  error: field.text,
})
export type LinkEntry = z.infer<typeof linkEntry>
const listedFile = z.object({ quickkey: field.requiredText, filename: field.text, size: field.bytes })
const listedFolder = z.object({ folderkey: field.requiredText, name: field.text })

const inside = <T extends z.ZodRawShape>(shape: T) => z.object({ response: z.object(shape) })

/** Readers of what the calls answer when they are not refused. */
export const ANSWERS = {
  login: inside({
    session_token: field.requiredText,
    secret_key: field.number.pipe(z.int().min(0).max(2_147_483_647)),
    time: z.union([z.string().min(1), z.number().transform(String)]),
  }),
  account: inside({ user_info: z.object({ premium: field.flag, bandwidth: field.amount() }) }),
  file: inside({ file_info: oneFile }),
  files: inside({
    file_info: ofMany.optional(),
    file_infos: z.array(ofMany).optional(),
    skipped: field.text,
  }).refine(({ response: { file_info, file_infos, skipped } }) => file_info ?? file_infos ?? skipped),
  links: inside({ links: z.array(linkEntry) }),
  folder: inside({
    folder_content: z.object({
      files: z.array(listedFile).optional(),
      folders: z.array(listedFolder).optional(),
      more_chunks: field.flag,
    }),
  }),
}

const envelopeSchema = z.object({
  response: z.object({ result: field.text, error: field.number, message: field.text }),
})

function parseRefusal(json: unknown): ParsedRefusal | undefined {
  const { data } = envelopeSchema.safeParse(json)
  if (data === undefined) return undefined
  const { result, error, message } = data.response
  const good = result === undefined ? error === undefined : result.toLowerCase() === 'success'
  return good ? undefined : { code: error, text: message }
}

/** Whether an answer, a refusal too, says that the session's secret key has moved on. */
export function hasNewKey(json: unknown): boolean {
  return newKeySchema.safeParse(json).data?.response.new_key === true
}

const newKeySchema = z.object({ response: z.object({ new_key: field.flag }) })

/** factsOf reads what the host tells of a file. Raises what stands against this one file. */
export function factsOf(
  told: FileFields,
  { now, password }: Pick<HostContext, 'now' | 'password'>,
): FileFacts {
  const {
    delete_date: deletedAt,
    filename: name,
    hash,
    password_protected: isProtected,
    privacy,
    size,
  } = told
  if (deletedAt !== undefined && deletedAt <= now()) throw api.error('FILE_GONE', 'file is deleted')
  if (privacy?.toLowerCase() === 'private') throw api.error('FILE_RESTRICTED', 'file is private')
  if (isProtected === true) {
    throw password === undefined
      ? api.error('FILE_PASSWORD_REQUIRED', 'file is protected by a password')
      : api.error('FILE_RESTRICTED', 'the API takes no file passwords')
  }
  return { name, size, hash: hashOf('sha256', hash) }
}
