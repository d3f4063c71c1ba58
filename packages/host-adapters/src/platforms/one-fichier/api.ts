import { z } from 'zod'
import type { AccountInfo, FileInfo, FileRef, HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import { timeOf } from '../../kit/fields/dates.js'
import { amountOf, flagOf } from '../../kit/fields/numbers.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import type { Readers, ParsedRefusal } from '../../kit/json/json-api.js'
import { KeyedApi } from '../../kit/json/keyed-api.js'
import type { KeyedRequest } from '../../kit/json/keyed-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import { readCheckedLines } from './checked-lines.js'
import type { CheckedLine } from './checked-lines.js'
import { REFUSALS } from './refusals.js'

/*
 * The JSON API (v1) of 1fichier: always POST with a JSON body and the key as Bearer. It locks keys and addresses
 * that ask too much, `file/info` above all, so links are checked by the older `check_links.pl`, which takes a
 * hundred at once, needs no key, and answers in lines of text.
 */
export const PLATFORM = 'OneFichier'
export const SITE = 'https://1fichier.com'

export const CREDENTIALS = [
  { name: 'apiKey', label: 'API key', secret: true, required: true },
  { name: 'cdn', label: 'Use CDN credit (yes or no)', secret: false, required: false },
] as const satisfies readonly CredentialField[]

const DAY = 86_400_000
/** Paris in winter: in summer the end of a day comes out an hour late rather than early. */
const PARIS_AHEAD_MS = 3_600_000
const MAX_FOLDER_BYTES = 8 * 1024 * 1024

const answers = {
  'user/info': z.object({
    offer: field.number,
    subscription_end: field.text,
    cdn: z.unknown().optional(),
  }),
  'file/info': z.object({ filename: field.requiredText, size: field.bytes, pass: field.flag }),
  'download/get_token': z.object({ url: field.requiredUrl }),
}

const folderAnswer = z.array(z.object({ filename: field.text, link: field.text, size: field.bytes }))
export type FolderRow = z.infer<typeof folderAnswer>[number]

export const api = new KeyedApi({
  platform: PLATFORM,
  refusals: REFUSALS,
  parseRefusal,
  answers,
  path: (method) => `${method}.cgi`,
  credentials: CREDENTIALS,
  signed: ({ apiKey }) => ({ headers: { authorization: `Bearer ${apiKey}` } }),
})

const envelope = z.object({ status: field.text, message: field.text })

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data } = envelope.safeParse(json)
  if (data?.status?.toUpperCase() !== 'KO' && httpStatus < 400) return undefined
  return { code: /#(\d{1,6})\b/.exec(data?.message ?? '')?.[1], text: data?.message }
}

export async function userInfo(ctx: HostContext): Promise<AccountInfo> {
  const user = await api.ask(ctx, 'user/info', { json: {}, idempotent: true })
  const premium = (user.offer ?? 0) > 0
  const lastDay = timeOf(user.subscription_end?.slice(0, 10), PARIS_AHEAD_MS)
  const credit = amountOf(user.cdn, { unit: 'GB', base: 1000 })
  const trafficLeft = usesCdn(ctx) ? credit : premium ? Infinity : undefined
  const validUntil = premium && lastDay !== undefined ? lastDay + DAY : undefined
  return { premium, ...present({ validUntil, trafficLeft }) }
}

/** For links that are not for everybody. Raises HostError, the refusals of the file included. */
export async function fileInfo(ctx: HostContext, fileId: string, url: string): Promise<FileInfo> {
  const request = withPassword(ctx, { url })
  const { filename: name, pass, size } = await api.ask(ctx, 'file/info', request)
  return { fileId, state: 'available', ...present({ name, size, passwordProtected: pass }) }
}

/** A URL that gives the file if it is opened within five minutes. */
export async function directLink(ctx: HostContext, url: string): Promise<string> {
  const options = usesCdn(ctx) ? { url, cdn: 1 } : { url }
  return (await api.ask(ctx, 'download/get_token', withPassword(ctx, options))).url
}

/**
 * At most a hundred links. The key is not sent, but an account without one is told at once rather than at the
 * first private link.
 */
export async function checkLinks(
  ctx: HostContext,
  urls: readonly string[],
): Promise<Map<string, CheckedLine>> {
  credentialsOf(ctx, PLATFORM, CREDENTIALS)
  const answer = await ctx.http.request({
    url: `${ctx.origin('site')}/check_links.pl`,
    form: urls.map((url) => ['links[]', url] as const),
    idempotent: true,
    signal: ctx.signal,
  })
  const lines = readCheckedLines(answer.text, urls)
  // Without a single line it is a refusal, or a page: never JSON of this shape.
  return lines.size === 0 ? api.read('check_links', answer, z.never(), ctx.now(), urls) : lines
}

/** The files of a folder, asked for on its own domain unless an operator put another place there. */
export async function folder(ctx: HostContext, { canonicalUrl, fileId }: FileRef): Promise<FolderRow[]> {
  const site = ctx.origin('site')
  const url = site === SITE ? canonicalUrl : `${site}/${fileId}`
  const { password } = ctx
  const request =
    password === undefined
      ? { url, query: { json: '1' } }
      : { url, form: { json: '1', pass: password }, idempotent: true }
  const answer = await ctx.http.request({ ...request, maxBytes: MAX_FOLDER_BYTES, signal: ctx.signal })
  if (answer.status === 404) throw api.error('FILE_GONE', 'folder does not exist')
  try {
    return api.read('folder', answer, folderAnswer, ctx.now(), password === undefined ? [] : [password])
  } catch (error) {
    const asksAgain = error instanceof HostError && error.kind === 'FILE_PASSWORD_REQUIRED'
    if (password === undefined || !asksAgain) throw error
    throw api.error('FILE_PASSWORD_WRONG', 'password of the folder is wrong')
  }
}

/** Readers of the answers, for fuzzing. */
export const readers: Readers = {
  ...api.answerReaders,
  ...api.readers({ folder: folderAnswer }),
  lines: (text) => readCheckedLines(text, [text.split(';')[0]?.trim() ?? '']),
}

function withPassword({ password: pass }: HostContext, json: object): KeyedRequest {
  return { json: { ...json, ...present({ pass }) }, idempotent: true }
}

function usesCdn(ctx: HostContext): boolean {
  return flagOf(credentialsOf(ctx, PLATFORM, CREDENTIALS).cdn) ?? false
}
