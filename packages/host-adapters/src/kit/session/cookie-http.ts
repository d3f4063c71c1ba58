import { CookieJar } from 'tough-cookie'
import type { HostContext } from '../adapter.js'
import { HostError } from '../errors.js'
import {
  type HostHttp,
  type HostRequest,
  type HostResponse,
  MAX_REDIRECTS,
  redirectTarget,
} from '@obb/host-http'
import type { HostSession } from './session-store.js'
import { withSession } from './with-session.js'

const MAX_COOKIES = 64
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** CookieHttp is what a website login gives: calls with the cookies of one jar, sent only where RFC 6265 says. */
export interface CookieHttp {
  request(request: HostRequest): Promise<HostResponse>
  /** The `cookie` header for a URL, such as that of a download; undefined without cookies for it. */
  header(url: string): string | undefined
  /** All headers that a call of this login carries, such as a download; undefined without any. */
  headers(url: string): Record<string, string> | undefined
}

export interface CookieLogin {
  platform: string
  /** Logs in by calls of `http`, whose cookies become the session. The time until which it is used, epoch ms. */
  login(http: CookieHttp): Promise<number>
}

/**
 * Runs `work` with the cookies of the account's login, which all processes share; like `withSession`, a
 * SESSION_EXPIRED is healed by one login. Cookies that change during `work` are used until it ends.
 */
export function withCookies<T>(
  ctx: HostContext,
  { platform, login }: CookieLogin,
  work: (http: CookieHttp) => Promise<T>,
): Promise<T> {
  const fresh = async (): Promise<HostSession> => {
    const jar = new CookieJar()
    const expiresAt = await login(cookieHttp(ctx.http, jar))
    return { token: JSON.stringify(jar.serializeSync()), expiresAt }
  }
  return withSession(ctx, platform, fresh, (session) =>
    work(cookieHttp(ctx.http, CookieJar.fromJSON(session.token))),
  )
}

export interface CookieHttpOptions {
  /** Sent with every call. */
  headers?: Record<string, string>
  /** Told of every cookie that a site sets, as its `Set-Cookie` has it. */
  onSet?(line: string, url: string): void
}

/** Calls with the cookies of `jar`, into which goes what is set. */
export function cookieHttp(
  http: HostHttp,
  jar: CookieJar,
  { headers: own, onSet }: CookieHttpOptions = {},
): CookieHttp {
  const header = (url: string) => jar.getCookieStringSync(url) || undefined
  const headers = (url: string) => {
    const cookie = header(url)
    return cookie === undefined ? own : { ...own, cookie }
  }
  const once = async (request: HostRequest): Promise<HostResponse> => {
    const all = { ...request.headers, ...headers(request.url) }
    const answer = await http.request({ ...request, headers: all, redirects: 'none' })
    for (const line of answer.setCookie.slice(0, MAX_COOKIES)) {
      jar.setCookieSync(line, request.url, { ignoreError: true, loose: true })
      onSet?.(line, request.url)
    }
    return answer
  }
  return {
    header,
    headers,
    async request(request) {
      let answer = await once(request)
      for (let hops = 0; request.redirects !== 'none'; hops++) {
        const location = REDIRECTS.has(answer.status) ? answer.headers['location'] : undefined
        if (location === undefined) break
        if (hops === MAX_REDIRECTS) throw new HostError('UNEXPECTED', `More than ${MAX_REDIRECTS} redirects`)
        const next = redirectTarget(location, new URL(answer.url))
        // A login form answers its POST by 302 or 303 to a page; a body is never sent on to another place.
        const { maxBytes, signal, timeoutMs } = request
        answer = await once({
          url: next.href,
          ...(maxBytes !== undefined && { maxBytes }),
          ...(signal !== undefined && { signal }),
          ...(timeoutMs !== undefined && { timeoutMs }),
        })
      }
      return answer
    },
  }
}
