import { z } from 'zod'
import type { AccountInfo, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { credentialsOf } from '../../kit/credentials.js'
import type { HostError, HostErrorKind, HostErrorOptions } from '../../kit/errors.js'
import { field } from '../../kit/fields/schema.js'
import { hashOf } from '../../kit/fields/text.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { Readers, ParsedRefusal } from '../../kit/json/json-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import type { HostSession } from '../../kit/session/session-store.js'
import { withSession } from '../../kit/session/with-session.js'
import { TOTP_SECRET, totpCode } from '../../kit/totp.js'
import type { Site } from './site.js'

/** A token is used this long, ms; the hosts document no lifetime. */
const SESSION_MS = 45 * 60_000
/** Some refusals state their end: `Try again in 12 minutes`. */
const TRY_AGAIN = /try again in (\d{1,4}) minute/i

/** File modes of `file/info`. */
const PRIVATE_MODE = 2

const envelopeSchema = z.object({ status: field.number, details: field.text })
const userSchema = z.object({
  is_premium: field.flag,
  premium_end_time: field.time,
  traffic: z.object({ left: field.traffic, total: field.bytes }).nullish().catch(null),
})
const fileSchema = z.object({ mode: field.number, name: field.text, hash: field.text, size: field.bytes })
const checkedSchema = z.object({
  url: field.text,
  filename: field.text,
  size: field.bytes,
  status: field.text,
})

/** responses are the schemas of what `{response, status, details}` holds. */
const responses = {
  login: z.object({ response: z.object({ token: field.requiredText }) }),
  user: z.object({ response: z.object({ user: userSchema }) }),
  file: z.object({ response: z.object({ file: fileSchema }) }),
  checked: z.object({ response: z.array(checkedSchema) }),
  download: z.object({ response: z.object({ download_url: field.requiredUrl }) }),
}

const LOGIN = [
  { name: 'email', label: 'E-mail', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
] as const satisfies readonly CredentialField[]
const LOGIN_WITH_CODE = [...LOGIN, TOTP_SECRET] as const

/** What an account of the host is. */
export function credentialFields({
  secondFactor = false,
}: Pick<Site, 'secondFactor'>): readonly CredentialField[] {
  return secondFactor ? LOGIN_WITH_CODE : LOGIN
}

export interface CheckedUrl {
  url: string | undefined
  name: string | undefined
  size: number | undefined
  accessible: boolean
}

/**
 * The JSON API that RapidGator speaks (v2) and Alfafile too (v1): every method answers
 * `{response, status, details}` where `status` is HTTP-like and goes before the real HTTP status, and
 * `details` is English prose. Methods are called as POST forms, so that passwords and tokens stay out of
 * URLs. A token comes from `user/login`; when the host does not know it any more, exactly one new login
 * is made per account, however many callers ran into it.
 */
export class RapidGatorApi {
  private readonly api: JsonApi

  constructor(private readonly site: Pick<Site, 'id' | 'refusals' | 'graceMs'>) {
    const { id: platform, refusals } = site
    this.api = new JsonApi({ platform, refusals, parseRefusal })
  }

  /** Runs `work` with a token, once more with a fresh one if the host has forgotten the first. */
  withToken<T>(ctx: HostContext, work: (token: string) => Promise<T>): Promise<T> {
    return withSession(
      ctx,
      this.site.id,
      () => this.login(ctx),
      ({ token }) => work(token),
    )
  }

  async account(ctx: HostContext, token: string): Promise<AccountInfo> {
    const { user } = await this.call(ctx, 'user/info', { token }, responses.user)
    const premium = user.is_premium ?? false
    const { left, total } = user.traffic ?? {}
    return {
      premium,
      ...(premium &&
        user.premium_end_time !== undefined && {
          validUntil: user.premium_end_time + (this.site.graceMs ?? 0),
        }),
      ...(left !== undefined && { trafficLeft: left }),
      ...(total !== undefined && { trafficTotal: total }),
    }
  }

  /** Raises FILE_GONE, and FILE_RESTRICTED for a private file. */
  async fileInfo(ctx: HostContext, token: string, fileId: string): Promise<FileFacts> {
    const { file } = await this.call(ctx, 'file/info', { token, file_id: fileId }, responses.file)
    if (file.mode === PRIVATE_MODE) throw this.error('FILE_RESTRICTED', 'file is private')
    return { name: file.name, size: file.size, hash: hashOf('md5', file.hash) }
  }

  async checkLinks(ctx: HostContext, token: string, urls: readonly string[]): Promise<CheckedUrl[]> {
    const form = { token, url: urls.join(',') }
    const rows = await this.call(ctx, 'file/check_link', form, responses.checked)
    return rows.map(({ url, filename, size, status }) => ({
      url,
      name: filename,
      size,
      accessible: status?.toUpperCase() === 'ACCESS',
    }))
  }

  /** A direct link; may charge. A 404 is FILE_GONE here, which the host also says of lapsed sessions. */
  async download(ctx: HostContext, token: string, fileId: string): Promise<string> {
    const form = { token, file_id: fileId }
    return (await this.call(ctx, 'file/download', form, responses.download)).download_url
  }

  error(kind: HostErrorKind, message: string, options: HostErrorOptions = {}): HostError {
    return this.api.error(kind, message, options)
  }

  /** Readers of the answers, by method, for fuzzing. */
  readers(): Readers {
    return this.api.readers(responses)
  }

  private async login(ctx: HostContext): Promise<HostSession> {
    const { email, password, totpSecret } = credentialsOf(ctx, this.site.id, LOGIN_WITH_CODE)
    const code = totpSecret === undefined ? {} : { code: totpCode(totpSecret, ctx.now()) }
    const form = { login: email, password, ...code }
    const { token } = await this.call(ctx, 'user/login', form, responses.login)
    return { token, expiresAt: ctx.now() + SESSION_MS }
  }

  private async call<T>(
    ctx: HostContext,
    method: string,
    form: Record<string, string>,
    schema: z.ZodType<{ response: T }>,
  ): Promise<T> {
    const at = method === 'user/login' ? 'login' : 'call'
    // All but a login read only: a direct link is not charged before its first byte.
    const request = { url: `${ctx.origin('api')}/${method}`, form, idempotent: at === 'call' }
    return (await this.api.call(ctx, at, request, schema)).response
  }
}

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const envelope = envelopeSchema.safeParse(json)
  if (!envelope.success) return undefined
  const { status = httpStatus, details } = envelope.data
  if (status === 200) return undefined
  const [, minutes] = TRY_AGAIN.exec(details ?? '') ?? []
  return { status, text: details, retryAfterMs: minutes === undefined ? undefined : Number(minutes) * 60_000 }
}
