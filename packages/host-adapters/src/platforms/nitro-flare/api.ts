import { z } from 'zod'
import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import { hashOf } from '../../kit/fields/text.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'
import { KeyedApi } from '../../kit/json/keyed-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import { REFUSALS } from './refusals.js'

/*
 * NitroFlare's API v2: every method is a GET, there is no session, and what needs an account takes its e-mail
 * and password in the query. So its URLs are secrets; messages and logs never hold a query.
 */
export const PLATFORM = 'NitroFlare'

export const CREDENTIALS = [
  { name: 'email', label: 'E-mail', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
] as const satisfies readonly CredentialField[]

/** A map; an empty list where it would be empty. */
const files = z.union([z.array(z.unknown()).max(0), z.record(z.string(), z.unknown())])
const file = z.object({
  status: field.requiredText,
  name: field.text,
  size: field.bytes,
  md5: field.text,
  password: z.unknown().optional(),
})
const answers = {
  getKeyInfo: z.object({
    result: z.object({
      status: field.text,
      expiryDate: field.time,
      trafficLeft: field.traffic,
      trafficMax: field.bytes,
    }),
  }),
  getDownloadLink: z.object({
    result: z.object({ url: field.requiredUrl, name: field.text, size: field.bytes, linkType: field.text }),
  }),
}
const filesAnswer = z.object({ result: z.object({ files }) })

export const api = new KeyedApi({
  platform: PLATFORM,
  refusals: REFUSALS,
  parseRefusal,
  credentials: CREDENTIALS,
  signed: ({ email, password }) => ({ query: { user: email, premiumKey: password } }),
  answers,
})

/** Readers of the answers, for fuzzing. */
export const readers = { ...api.answerReaders, ...api.readers({ files: filesAnswer, file }) }

const envelope = z.object({ type: field.text, code: field.number, message: field.text })

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data } = envelope.safeParse(json)
  const isRefusal = httpStatus >= 400 || data?.type?.toLowerCase() === 'error'
  return isRefusal ? { code: data?.code, text: data?.message } : undefined
}

export async function keyInfo(ctx: HostContext): Promise<AccountInfo> {
  const { result } = await api.ask(ctx, 'getKeyInfo')
  const premium = result.status?.toLowerCase() === 'active'
  const validUntil = premium ? result.expiryDate : undefined
  return {
    premium,
    ...present({ validUntil, trafficLeft: result.trafficLeft, trafficTotal: result.trafficMax }),
  }
}

/** At most a hundred files by their ids, without an account. */
export async function fileRows(ctx: HostContext, refs: readonly FileRef[]): Promise<Map<string, unknown>> {
  const query = { files: refs.map(({ fileId }) => fileId).join(',') }
  const request = { url: `${ctx.origin('api')}/getFileInfo`, query }
  const { result } = await api.call(ctx, 'getFileInfo', request, filesAnswer)
  return new Map(Array.isArray(result.files) ? [] : Object.entries(result.files))
}

/** factsOf reads what a row of `fileRows` tells. Raises HostError, FILE_GONE for a file that is offline. */
export function factsOf(row: unknown, ctx: HostContext): FileFacts {
  const { md5, name, password, size, status } = api.readPart('getFileInfo', row, file, ctx.now())
  if (status.toLowerCase() !== 'online') throw api.error('FILE_GONE', 'file is offline')
  const passwordProtected = password !== undefined ? isSet(password) : undefined
  return { name, size, hash: hashOf('md5', md5), passwordProtected }
}

/** A link that is bound to the address it was asked from. */
export async function downloadLink(
  ctx: HostContext,
  fileId: string,
): Promise<{ url: string; name: string | undefined; size: number | undefined }> {
  const { result } = await api.ask(ctx, 'getDownloadLink', { query: { file: fileId } })
  const { linkType = 'premium', name, size, url } = result
  if (linkType.toLowerCase() !== 'premium') throw api.error('ACCOUNT_NOT_PREMIUM', 'host gives a free link')
  return { url, name, size }
}

/** The host states the password itself, or null. */
function isSet(password: unknown): boolean {
  return password !== null && password !== '' && password !== false
}
