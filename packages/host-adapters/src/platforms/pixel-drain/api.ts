import { z } from 'zod'
import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { API_KEY, credentialsOf } from '../../kit/credentials.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import { hashOf } from '../../kit/fields/text.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'
import { REFUSALS } from './refusals.js'

/*
 * PixelDrain's API: plain JSON, HTTP Basic with the API key as password and no user name, on downloads as well.
 * Checks need no key. One id is answered by an object, several by an array without those that are missing.
 */
export const PLATFORM = 'PixelDrain'

const MAX_BYTES = 8 * 1024 * 1024
/** A micro-euro of prepaid credit buys about this many bytes: a euro is a terabyte. */
const BYTES_PER_MICRO_EURO = 1_000_000

const subscription = z.object({ type: field.text, monthly_transfer_cap: field.number })
const info = z.object({ id: field.text, name: field.text, size: field.bytes, hash_sha256: field.text })
const node = z.object({ type: field.text, name: field.text, file_size: field.bytes, sha256_sum: field.text })
const answers = {
  user: z.object({
    subscription: subscription.nullish().catch(null),
    monthly_transfer_cap: field.number,
    monthly_transfer_used: field.bytes,
    balance_micro_eur: field.number,
  }),
  info,
  infos: z.array(z.unknown()),
  list: z.object({ files: z.array(info) }),
  stat: z.object({ path: z.array(node), base_index: field.number, children: z.array(node).nullish() }),
}

export type FileRow = z.infer<typeof info>
export type Node = z.infer<typeof node>

export const api = new JsonApi({ platform: PLATFORM, refusals: REFUSALS, parseRefusal })

/** envelope is the form of refusals, and of what a file itself is refused for. */
export const envelope = z.object({
  success: field.flag,
  value: field.text,
  message: field.text,
  abuse_type: field.text,
  availability: field.text,
})

/** A file that is there may be refused too. What else `availability` wants is not wanted of who has a key. */
function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data } = envelope.safeParse(json)
  if (httpStatus >= 400 || data?.success === false) return { code: data?.value, text: data?.message }
  if (data?.abuse_type !== undefined) return { code: 'abuse' }
  return data?.availability?.startsWith('virus_') ? { code: 'virus_detected_captcha_required' } : undefined
}

export async function userInfo(ctx: HostContext): Promise<AccountInfo> {
  const url = `${ctx.origin('api')}/user`
  const user = await api.call(ctx, 'user', { url, headers: authorization(ctx) }, answers.user)
  const type = user.subscription?.type?.toLowerCase()
  const stated = user.monthly_transfer_cap ?? user.subscription?.monthly_transfer_cap
  const cap = stated === -1 ? Infinity : stated !== undefined && stated > 0 ? stated : undefined
  const used = user.monthly_transfer_used
  const credit = type === 'prepaid' ? (user.balance_micro_eur ?? 0) * BYTES_PER_MICRO_EURO : Infinity
  const left = cap === undefined || used === undefined ? credit : Math.min(cap - used, credit)
  const known = type === 'prepaid' || cap === Infinity || (cap !== undefined && used !== undefined)
  const trafficLeft = known ? Math.max(0, Math.floor(left)) : undefined
  return { premium: type !== undefined && type !== 'free', ...present({ trafficLeft, trafficTotal: cap }) }
}

export async function fileInfo(ctx: HostContext, id: string): Promise<FileRow> {
  return api.call(ctx, 'info', requestOf(ctx, `file/${id}/info`), answers.info)
}

/** Rows by file id; those of missing files are left out. Two files at least. */
export async function fileInfos(ctx: HostContext, refs: readonly FileRef[]): Promise<Map<string, unknown>> {
  const ids = refs.map(({ fileId }) => fileId).join(',')
  const rows = await api.call(ctx, 'info', requestOf(ctx, `file/${ids}/info`), answers.infos)
  return new Map(rows.map((row) => [z.object({ id: field.text }).safeParse(row).data?.id ?? '', row]))
}

export async function list(ctx: HostContext, id: string): Promise<FileRow[]> {
  return (await api.call(ctx, 'list', requestOf(ctx, `list/${id}`), answers.list)).files
}

export async function stat(ctx: HostContext, path: string): Promise<{ base: Node; children: Node[] }> {
  const request = { ...requestOf(ctx, `filesystem/${path}`), query: { stat: '' } }
  const answer = await api.call(ctx, 'stat', request, answers.stat)
  const base = answer.path[answer.base_index ?? answer.path.length - 1]
  if (base === undefined) throw api.error('UNEXPECTED', 'answer of stat has no node')
  return { base, children: answer.children ?? [] }
}

/** readRow reads what a row of `fileInfos` tells. Raises what the file is refused for. */
export function readRow(row: unknown, ctx: HostContext): FileFacts {
  return factsOf(api.readPart('info', row, answers.info, ctx.now()))
}

export function factsOf({ hash_sha256, name, size }: Omit<FileRow, 'id'>): FileFacts {
  return { name, size, hash: hashOf('sha256', hash_sha256) }
}

export function authorization(ctx: HostContext): { authorization: string } {
  const { apiKey } = credentialsOf(ctx, PLATFORM, API_KEY)
  return { authorization: `Basic ${Buffer.from(`:${apiKey}`).toString('base64')}` }
}

/** Readers of the answers, for fuzzing. */
export const readers = api.readers(answers)

function requestOf(
  ctx: HostContext,
  path: string,
): { url: string; headers: Record<string, string>; maxBytes: number } {
  const headers = ctx.account === undefined ? {} : authorization(ctx)
  return { url: `${ctx.origin('api')}/${path}`, headers, maxBytes: MAX_BYTES }
}
