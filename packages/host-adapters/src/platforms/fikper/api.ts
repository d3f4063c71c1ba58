/*
 * Fikper answers a download with a URL as plain text and everything else as JSON. Its refusals are
 * `{code, message}` where the message may be JSON once more, as text: with a wait, or even with what was asked
 * for. Both are read here, so that the flow sees refusals and values only.
 */
import { z } from 'zod'
import type { AccountInfo, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { timeOf } from '../../kit/fields/dates.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import { type HostRequest, looksLikeHtml, sentBy } from '@obb/host-http'
import { JsonApi } from '../../kit/json/json-api.js'
import type { Answer, ParsedRefusal } from '../../kit/json/json-api.js'
import { jsonOf } from '../../kit/json/json-text.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'Fikper'

export const api = new JsonApi({ platform: PLATFORM, refusals: REFUSALS, parseRefusal })

const MIN_WAIT_MS = 60_000
const MAX_WAIT_MS = 24 * 60 * 60_000

const envelopeSchema = z.object({ code: field.number, message: z.unknown() })
const innerSchema = z.object({ message: field.text, delay: field.number, remainingDelay: field.number })
const infoSchema = z.object({ name: field.text, size: field.bytes, password: field.flag })
const describedSchema = z.object({ data: infoSchema })
const accountSchema = z.looseObject({
  accountType: field.text,
  usedBandwidth: field.bytes,
  totalBandwidth: field.bytes,
  premiumExpire: z.unknown().optional(),
})
const rowsSchema = z.array(
  z.object({
    fileHashName: field.requiredText,
    fileName: field.text,
    fileSize: field.bytes,
    error: field.number,
    message: field.text,
  }),
)
export type CheckedRow = z.infer<typeof rowsSchema>[number]
export type FileDescription = z.infer<typeof infoSchema>

/** Readers of the answers of the calls, by the name of the call. Each raises HostError and nothing else. */
export const readers = {
  account: (answer: Answer, now: number, sent: readonly string[]): AccountInfo =>
    accountOf(read('account', answer, accountSchema, now, sent), now),
  check: (answer: Answer, now: number, sent: readonly string[]): CheckedRow[] =>
    read('check', answer, rowsSchema, now, sent),
  info: (answer: Answer, now: number, sent: readonly string[]): FileDescription =>
    describedIn(answer) ?? read('info', answer, infoSchema, now, sent),
  download: (answer: Answer, now: number, sent: readonly string[]): string => {
    const plain = field.requiredUrl.safeParse(answer.text.trim())
    return plain.data ?? read('download', answer, field.requiredUrl, now, sent)
  },
}

export async function ask<Name extends keyof typeof readers>(
  ctx: HostContext,
  name: Name,
  request: HostRequest,
): Promise<ReturnType<(typeof readers)[Name]>> {
  const answer = await ctx.http.request({ signal: ctx.signal, ...request })
  return readers[name](answer, ctx.now(), sentBy(request)) as ReturnType<(typeof readers)[Name]>
}

/** factsOf reads what a row of a check tells. Raises what the file is refused for. */
export function factsOf(row: CheckedRow, ctx: HostContext): FileFacts {
  const { error: code, fileName: name, fileSize: size, message } = row
  return code === undefined ? { name, size } : api.readPart('file', { code, message }, z.never(), ctx.now())
}

function read<T>(at: string, answer: Answer, schema: z.ZodType<T>, now: number, sent: readonly string[]): T {
  const { status, text } = answer
  if (status < 400 && jsonOf(text) === undefined && !looksLikeHtml(text)) {
    throw api.error('HOST_TEMP', `answer of ${at} is not the expected JSON`, { retryAt: now + MIN_WAIT_MS })
  }
  return api.read(at, answer, schema, now, sent)
}

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data } = envelopeSchema.safeParse(json)
  if (data?.code === undefined && httpStatus < 400) return undefined
  const inner = innerSchema.safeParse(innerOf(data?.message)).data
  const wait = waitOf(inner?.remainingDelay, inner?.delay)
  const text = inner?.message ?? (typeof data?.message === 'string' ? data.message : undefined)
  return { status: data?.code ?? httpStatus, text, retryAfterMs: wait }
}

/** The file, in the message of a refusal that says that anybody else has to pay for it. */
function describedIn({ text }: Answer): FileDescription | undefined {
  const { data } = envelopeSchema.safeParse(jsonOf(text)?.json)
  const described = data?.code === 403 ? describedSchema.safeParse(innerOf(data.message)).data : undefined
  return described?.data.name === undefined ? undefined : described.data
}

function innerOf(message: unknown): unknown {
  return typeof message === 'string' ? jsonOf(message)?.json : message
}

/**
 * waitOf returns a wait, ms: what remains is in seconds and the whole in milliseconds. Undefined where neither is told.
 */
function waitOf(remaining: number | undefined, whole: number | undefined): number | undefined {
  const ms = remaining === undefined ? whole : remaining * 1000
  return ms === undefined ? undefined : Math.min(Math.max(ms, MIN_WAIT_MS), MAX_WAIT_MS)
}

function accountOf(told: z.infer<typeof accountSchema>, now: number): AccountInfo {
  const { accountType, premiumExpire, totalBandwidth, usedBandwidth } = told
  const end = timeOf(premiumExpire)
  const untold = premiumExpire === undefined || premiumExpire === null
  const premium = untold ? accountType?.toLowerCase() === 'premium' : (end ?? 0) > now
  if (!premium) return { premium }
  const known = totalBandwidth !== undefined && usedBandwidth !== undefined
  const trafficLeft = known ? Math.max(0, totalBandwidth - usedBandwidth) : undefined
  return { premium, ...present({ validUntil: end, trafficLeft, trafficTotal: totalBandwidth }) }
}
