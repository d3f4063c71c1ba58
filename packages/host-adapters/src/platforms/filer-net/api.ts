import { z } from 'zod'
import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { credentialsOf, enteredBy } from '../../kit/credentials.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import type { ParsedRefusal, Readers } from '../../kit/json/json-api.js'
import { KeyedApi } from '../../kit/json/keyed-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import { sentBy } from '@obb/host-http'
import { REFUSALS } from './refusals.js'

/* Filer.net's API: every answer is `{code, status, data}`, and what needs an account is signed by HTTP Basic. */
export const PLATFORM = 'FilerNet'

export const CREDENTIALS = [
  { name: 'email', label: 'E-mail or user name', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
] as const satisfies readonly CredentialField[]

const file = z.object({ file_name: field.text, file_size: field.bytes })
const answers = {
  profile: z.object({
    data: z.object({
      premium: field.flag,
      until: field.time,
      traffic: field.bytes,
      traffic_left: field.traffic,
    }),
  }),
  dl: z.object({ data: z.object({ download_url: field.requiredUrl }) }),
}
const open = {
  status: z.object({ data: file }),
  multi_status: z.object({ data: z.record(z.string(), z.unknown()) }),
}

const api = new KeyedApi({
  platform: PLATFORM,
  refusals: REFUSALS,
  parseRefusal,
  credentials: CREDENTIALS,
  signed: ({ email, password }) => ({ headers: { authorization: basic(email, password) } }),
  answers,
  path: (name) => `${name}.json`,
})

/** Readers of the answers, for fuzzing. */
export const readers: Readers = { ...api.answerReaders, ...api.readers({ ...open, file }) }

export async function account(ctx: HostContext): Promise<AccountInfo> {
  const { data } = await api.ask(ctx, 'profile')
  const { premium = false, traffic: used, traffic_left: trafficLeft, until } = data
  const trafficTotal = trafficLeft === undefined || used === undefined ? undefined : trafficLeft + used
  return { premium, ...present({ validUntil: premium ? until : undefined, trafficLeft, trafficTotal }) }
}

/** Raises FILE_GONE. */
export async function fileFacts(ctx: HostContext, { fileId }: FileRef): Promise<FileFacts> {
  const request = { url: `${ctx.origin('api')}/status/${fileId}.json` }
  return factsOf((await api.call(ctx, 'status', request, open.status)).data, ctx)
}

/** At least two files by their ids, at most a hundred; none for a file that is not there. */
export async function fileRows(ctx: HostContext, refs: readonly FileRef[]): Promise<Map<string, unknown>> {
  const json = { hashes: refs.map(({ fileId }) => fileId) }
  const request = { url: `${ctx.origin('api')}/multi_status.json`, json, idempotent: true }
  const { data } = await api.call(ctx, 'multi_status', request, open.multi_status)
  return new Map(Object.entries(data).filter(([, row]) => row !== null))
}

export function factsOf(row: unknown, ctx: HostContext): FileFacts {
  const { file_name: name, file_size: size } = api.readPart('status', row, file, ctx.now())
  return { name, size }
}

/** A direct link, which comes as a redirect beside the answer, or in it. */
export async function downloadUrl(ctx: HostContext, fileId: string): Promise<string> {
  const { email, password } = credentialsOf(ctx, PLATFORM, CREDENTIALS)
  const headers = { authorization: basic(email, password) }
  const request = { url: `${ctx.origin('api')}/dl/${fileId}.json`, headers }
  const sent = [...sentBy(request), ...enteredBy(ctx)]
  const answer = await ctx.http.request({ ...request, redirects: 'none', signal: ctx.signal })
  const location = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined
  if (location !== undefined && URL.canParse(location, answer.url)) return new URL(location, answer.url).href
  return api.read('dl', answer, answers.dl, ctx.now(), sent).data.download_url
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

const envelope = z.object({ code: field.number, status: field.text })
const GOOD: ReadonlySet<number> = new Set([200, 302])

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data } = envelope.safeParse(json)
  const code = data?.code
  const isRefusal = code === undefined ? httpStatus >= 400 : !GOOD.has(code)
  return isRefusal ? { code, text: data?.status } : undefined
}
