import { z } from 'zod'
import type { AccountInfo, AvailableFile, HostContext } from '../../adapter.js'
import { HostError } from '../../errors.js'
import type { HostErrorKind, HostErrorOptions } from '../../errors.js'
import { bytesOf } from '../../http/fields.js'
import type { HostResponse } from '../../http/host-http.js'
import { refusalOf } from '../../refusals.js'
import type { Refusal } from '../../refusals.js'

/**
 * The JSON API that RapidGator speaks (v2) and AlfaFile too (v1): every method answers
 * `{response, status, details}` where `status` is HTTP-like and goes before the real HTTP status, and
 * `details` is English prose. Methods are called as POST forms, so that passwords and tokens stay out of
 * URLs. A token comes from `user/login`; when the host does not know it any more, exactly one new login
 * is made per account, however many callers ran into it.
 */
export interface DialectOptions {
  platform: string
  refusals: readonly Refusal[]
  /** A token is used this long, ms; the host documents no lifetime. */
  sessionMs: number
}

/** File modes of `file/info`. */
const PRIVATE_MODE = 2
const DAY = 86_400_000

const numeric = z.union([z.number(), z.string()]).nullish().catch(null)
const text = z.string().nullish().catch(null)
const envelopeSchema = z.object({ response: z.unknown(), status: numeric, details: text })
const loginSchema = z.object({ token: z.string().min(1) })
const userSchema = z.object({
  user: z.object({
    is_premium: z.union([z.boolean(), z.number(), z.string()]).nullish().catch(null),
    premium_end_time: numeric,
    traffic: z.object({ left: z.unknown(), total: z.unknown() }).partial().nullish().catch(null),
  }),
})
const fileSchema = z.object({
  file: z.object({ mode: numeric, name: text, hash: text, size: z.unknown() }),
})
const checkedSchema = z.array(z.object({ url: text, filename: text, size: z.unknown(), status: text }))
const downloadSchema = z.object({ download_url: z.url({ protocol: /^https?$/ }) })

export interface CheckedUrl {
  url: string | undefined
  name: string | undefined
  size: number | undefined
  accessible: boolean
}

export class RapidGatorDialect {
  constructor(private readonly options: DialectOptions) {}

  /** Runs `work` with a token, once more with a fresh one if the host has forgotten the first. */
  async withToken<T>(ctx: HostContext, work: (token: string) => Promise<T>): Promise<T> {
    const login = () => this.login(ctx)
    const session = await ctx.session.obtain(login)
    try {
      return await work(session.token)
    } catch (error) {
      if (!isExpired(error)) throw error
    }
    const renewed = await ctx.session.obtain(login, session)
    try {
      return await work(renewed.token)
    } catch (error) {
      if (!isExpired(error)) throw error
      throw this.error('ACCOUNT_INVALID', 'host refuses a token it has just given', { cause: error })
    }
  }

  async account(ctx: HostContext, token: string): Promise<AccountInfo> {
    const { user } = this.parse(userSchema, await this.call(ctx, 'user/info', { token }), 'user/info')
    const premium = [true, 1, '1', 'true'].includes(user.is_premium ?? false)
    const endSeconds = Number(user.premium_end_time ?? 0)
    const left = bytesOf(user.traffic?.left)
    const total = bytesOf(user.traffic?.total)
    return {
      premium,
      // The host goes on serving for a day after the stated end.
      ...(premium && endSeconds > 0 && { validUntil: endSeconds * 1000 + DAY }),
      ...(left !== undefined && { trafficLeft: left }),
      ...(total !== undefined && { trafficTotal: total }),
    }
  }

  /** Raises FILE_GONE, and FILE_RESTRICTED for a private file. */
  async fileInfo(ctx: HostContext, token: string, fileId: string): Promise<AvailableFile> {
    const answer = await this.call(ctx, 'file/info', { token, file_id: fileId })
    const { file } = this.parse(fileSchema, answer, 'file/info')
    if (Number(file.mode ?? 0) === PRIVATE_MODE) throw this.error('FILE_RESTRICTED', 'file is private')
    const size = bytesOf(file.size)
    const md5 = /^[0-9a-f]{32}$/i.exec(file.hash ?? '')?.[0].toLowerCase()
    return {
      fileId,
      state: 'available',
      ...(file.name && { name: file.name }),
      ...(size !== undefined && { size }),
      ...(md5 !== undefined && { hash: { algorithm: 'md5', value: md5 } }),
    }
  }

  async checkLinks(ctx: HostContext, token: string, urls: readonly string[]): Promise<CheckedUrl[]> {
    const answer = await this.call(ctx, 'file/check_link', { token, url: urls.join(',') })
    return this.parse(checkedSchema, answer, 'file/check_link').map((row) => ({
      url: row.url ?? undefined,
      name: row.filename || undefined,
      size: bytesOf(row.size),
      accessible: row.status?.toUpperCase() === 'ACCESS',
    }))
  }

  /** A direct link; may charge. A 404 is FILE_GONE here, which the host also says of lapsed sessions. */
  async download(ctx: HostContext, token: string, fileId: string): Promise<string> {
    const answer = await this.call(ctx, 'file/download', { token, file_id: fileId })
    return this.parse(downloadSchema, answer, 'file/download').download_url
  }

  error(kind: HostErrorKind, message: string, options: HostErrorOptions = {}): HostError {
    return new HostError(kind, `${this.options.platform}: ${message}`, options)
  }

  private async login(ctx: HostContext): Promise<{ token: string; expiresAt: number }> {
    const { email, password } = ctx.account?.credentials ?? {}
    if (!email || !password) throw this.error('CONFIG', 'account has no e-mail or password')
    const answer = await this.call(ctx, 'user/login', { login: email, password })
    const { token } = this.parse(loginSchema, answer, 'user/login')
    return { token, expiresAt: ctx.now() + this.options.sessionMs }
  }

  private async call(ctx: HostContext, method: string, form: Record<string, string>): Promise<unknown> {
    const url = `${ctx.origin('api')}/${method}`
    const answer = await ctx.http.request({ method: 'POST', url, form, signal: ctx.signal })
    const envelope = readEnvelope(answer)
    if (envelope?.status === 200) return envelope.response
    const refused = refusalOf(this.options.refusals, this.options.platform, {
      at: method === 'user/login' ? 'login' : 'call',
      status: envelope?.status ?? answer.status,
      text: envelope?.details ?? (envelope === undefined ? answer.text : ''),
      retryAfter: answer.headers['retry-after'],
      now: ctx.now(),
    })
    if (envelope === undefined && refused?.kind === 'FILE_GONE')
      throw this.error('UNEXPECTED', `${method} is missing`)
    if (refused !== undefined) throw refused
    const what = envelope === undefined ? 'is not the expected JSON' : `has status ${envelope.status}`
    throw this.error('UNEXPECTED', `answer of ${method} ${what} (HTTP ${answer.status})`)
  }

  private parse<T>(schema: z.ZodType<T>, response: unknown, method: string): T {
    const result = schema.safeParse(response)
    if (result.success) return result.data
    const fields = result.error.issues.map((issue) => issue.path.join('.') || 'response')
    throw this.error('UNEXPECTED', `answer of ${method} lacks ${[...new Set(fields)].join(', ')}`)
  }
}

interface Envelope {
  response: unknown
  status: number
  details: string | undefined
}

/** The envelope of an answer; AlfaFile may put a stray character before it. */
export function readEnvelope(answer: Pick<HostResponse, 'status' | 'text'>): Envelope | undefined {
  const start = answer.text.indexOf('{')
  if (start === -1 || answer.text.trimStart().startsWith('<')) return undefined
  let json: unknown
  try {
    json = JSON.parse(answer.text.slice(start))
  } catch {
    return undefined
  }
  const envelope = envelopeSchema.safeParse(json)
  if (!envelope.success) return undefined
  const { response, status, details } = envelope.data
  const stated = status === null || status === undefined ? answer.status : Number(status)
  return { response, status: stated, details: details ?? undefined }
}

function isExpired(error: unknown): boolean {
  return error instanceof HostError && error.kind === 'SESSION_EXPIRED'
}
