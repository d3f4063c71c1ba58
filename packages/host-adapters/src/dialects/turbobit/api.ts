import { z } from 'zod'
import type { AccountInfo, HostContext } from '../../kit/adapter.js'
import { credentialsOf, enteredBy } from '../../kit/credentials.js'
import type { HostError } from '../../kit/errors.js'
import { field } from '../../kit/fields/schema.js'
import { type HostRequest, sentBy } from '@obb/host-http'
import { JsonApi } from '../../kit/json/json-api.js'
import type { Readers, ParsedRefusal } from '../../kit/json/json-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import { withCookies } from '../../kit/session/cookie-http.js'
import type { CookieHttp } from '../../kit/session/cookie-http.js'
import { usable } from './mirrors.js'
import { BAN_MS, refusalsOf } from './refusals.js'
import type { Site } from './site.js'

export const CREDENTIALS = [
  { name: 'email', label: 'E-mail', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
] as const satisfies readonly CredentialField[]

/** The site states no lifetime of its cookies; a session that is lost sooner is noticed. */
const SESSION_MS = 7 * 86_400_000
const BANNED = 'banned'
const ACTIVE = 'active'

const errorSchema = z.object({
  error_name: field.text,
  needCaptcha: field.flag,
  data: z.object({ needCaptcha: field.flag }).nullish().catch(null),
})
const gigabytes = field.amount({ unit: 'GB', base: 1000 })

export const responses = {
  login: z.unknown(),
  user: z.object({ premium: z.object({ status: field.text, expiredAt: field.time }).nullish().catch(null) }),
  traffic: z.object({
    dayTrafficLeft: gigabytes,
    dayTrafficLimit: gigabytes,
    monthTrafficLeft: gigabytes,
    monthTrafficLimit: gigabytes,
    expiredAt: field.time,
    banInfo: z.unknown().optional(),
  }),
  links: z.array(z.object({ id: field.text, status: field.text })),
  info: z.object({
    file: z.object({ name: field.text, size: field.bytes }),
    premium: field.flag,
    downloadUrls: z.array(field.text).nullish().catch(null),
  }),
}

type User = z.infer<typeof responses.user>
export type DownloadInfo = z.infer<typeof responses.info>

/** The website's own API, by the cookies of a login. */
export class TurboApi {
  readonly json: JsonApi

  constructor(private readonly site: Site) {
    this.json = new JsonApi({ platform: site.id, refusals: refusalsOf(site), parseRefusal })
  }

  /** Runs `work` with the account's cookies, and once more with new ones if the site has forgotten them. */
  withAccount<T>(ctx: HostContext, work: (http: CookieHttp) => Promise<T>): Promise<T> {
    const login = (http: CookieHttp): Promise<number> => this.login(ctx, http)
    return withCookies(ctx, { platform: this.site.id, login }, work)
  }

  /** Raises ACCOUNT_QUOTA for a banned account, which most often has used up its day. */
  async account(ctx: HostContext, http: CookieHttp): Promise<AccountInfo> {
    const { premium } = await this.user(ctx, http)
    if (premium.status !== ACTIVE) return { premium: false }
    const url = `${ctx.origin('api')}/api/premium/info`
    const traffic = await this.call(ctx, http, 'account', { url }, responses.traffic)
    if (says(traffic.banInfo)) throw this.bannedError(ctx)
    const validUntil = premium.expiredAt ?? traffic.expiredAt
    return { premium: true, ...(validUntil !== undefined && { validUntil }), ...scarcest(traffic) }
  }

  /** Raises SESSION_EXPIRED and, as `account`, ACCOUNT_QUOTA. */
  async isPremium(ctx: HostContext, http: CookieHttp): Promise<boolean> {
    return (await this.user(ctx, http)).premium.status === ACTIVE
  }

  /** Ids of the files that the site says are gone; needs no login. */
  async goneUrls(ctx: HostContext, urls: readonly string[]): Promise<ReadonlySet<string>> {
    const request = {
      url: `${ctx.origin('api')}/api/links/check`,
      form: { links: urls.join('\n') },
      idempotent: true,
    }
    const rows = await this.json.call(ctx, 'links', request, responses.links)
    return new Set(rows.flatMap(({ id, status }) => (status === 'inactive' && id !== undefined ? [id] : [])))
  }

  /** Raises FILE_GONE. */
  info(ctx: HostContext, http: CookieHttp, fileId: string): Promise<DownloadInfo> {
    const json = { fileId, referrer: null, site: null, shortDomain: '' }
    const request = { url: `${ctx.origin('api')}/api/download/info`, json, idempotent: true }
    return this.call(ctx, http, 'info', request, responses.info)
  }

  /** Readers of the answers, by name, for fuzzing. */
  readers(): Readers {
    const readers = this.json.readers(responses)
    return { ...readers, mirrors: (text) => usable([text]) }
  }

  private async user(ctx: HostContext, http: CookieHttp): Promise<{ premium: NonNullable<User['premium']> }> {
    const url = `${ctx.origin('api')}/api/user/info`
    const { premium } = await this.call(ctx, http, 'account', { url }, responses.user)
    if (!premium) throw this.json.error('SESSION_EXPIRED', 'site does not say who is logged in')
    if (premium.status === BANNED) throw this.bannedError(ctx)
    return { premium }
  }

  /** An account with premium time is not served as one: its premium downloads of the day or month are used up. */
  limitError({ now }: HostContext): HostError {
    return this.json.error('ACCOUNT_QUOTA', 'limit of premium downloads is reached', {
      retryAt: now() + BAN_MS,
    })
  }

  private bannedError({ now }: HostContext): HostError {
    return this.json.error('ACCOUNT_QUOTA', 'account is banned for a while', { retryAt: now() + BAN_MS })
  }

  private async login(ctx: HostContext, http: CookieHttp): Promise<number> {
    const { email, password } = credentialsOf(ctx, this.site.id, CREDENTIALS)
    const json = { email, password, captcha: '', captchaResponse: '', captchaIndex: '' }
    await this.call(ctx, http, 'login', { url: `${ctx.origin('api')}/api/auth/login`, json }, responses.login)
    return ctx.now() + SESSION_MS
  }

  private async call<T>(
    ctx: HostContext,
    http: CookieHttp,
    at: string,
    request: HostRequest,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const cookies = (http.header(request.url) ?? '').split(/;\s*|=/)
    const answer = await http.request({ ...request, redirects: 'none', signal: ctx.signal })
    if (answer.status >= 300 && answer.status < 400) {
      throw this.json.error('SESSION_EXPIRED', `site sends ${at} to its login`)
    }
    return this.json.read(at, answer, schema, ctx.now(), [...sentBy(request), ...cookies, ...enteredBy(ctx)])
  }
}

function parseRefusal(json: unknown, status: number): ParsedRefusal | undefined {
  const { data } = errorSchema.safeParse(json)
  const wantsCaptcha = data?.needCaptcha ?? data?.data?.needCaptcha ?? false
  if (data?.error_name === undefined && !wantsCaptcha && status < 400) return undefined
  return { code: data?.error_name, text: wantsCaptcha ? 'needCaptcha' : '' }
}

/** A day's and a month's traffic bound one account: what counts is the lesser. */
function scarcest(
  traffic: z.infer<typeof responses.traffic>,
): Pick<AccountInfo, 'trafficLeft' | 'trafficTotal'> {
  const { dayTrafficLeft, dayTrafficLimit, monthTrafficLeft, monthTrafficLimit } = traffic
  const byDay = (dayTrafficLeft ?? Infinity) <= (monthTrafficLeft ?? Infinity)
  const [left, total] = byDay ? [dayTrafficLeft, dayTrafficLimit] : [monthTrafficLeft, monthTrafficLimit]
  return {
    ...(left !== undefined && { trafficLeft: left }),
    ...(total !== undefined && { trafficTotal: total }),
  }
}

/** Whether a value that is empty, false or absent when there is nothing says something. */
function says(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return typeof value === 'string' ? value.trim() !== '' : value === true
}
