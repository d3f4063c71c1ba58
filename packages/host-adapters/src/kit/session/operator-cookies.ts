/*
 * The operator's own browser session: a site that is only for people, whose login has a captcha or wants a browser, is
 * used with the cookies of a login that the operator made. Nothing logs in here. What the site sets from then on is
 * kept, sealed with the account's session, and a session that ends is the operator's to renew.
 */
import { Cookie, CookieJar } from 'tough-cookie'
import type { HostContext } from '../adapter.js'
import { credentialsOf } from '../credentials.js'
import { HostError } from '../errors.js'
import type { CredentialField, HostManifest } from '../manifest.js'
import { type CookieHttp, cookieHttp } from './cookie-http.js'
import { cookiesIn } from './cookie-text.js'
import type { HostSession } from './session-store.js'

/** OPERATOR_COOKIES are the credential fields of a site that is used with the operator's browser session. */
export const OPERATOR_COOKIES = [
  { name: 'cookies', label: 'Cookies of a login', secret: true, required: true, kind: 'cookies' },
  { name: 'userAgent', label: 'User-Agent of that browser', secret: false, required: false },
] as const satisfies readonly CredentialField[]

/** A session that the site ends sooner is noticed; one that nothing ends is looked at again by every check. */
const KEPT_MS = 10 * 365 * 86_400_000

/** Where the cookies belong: the pages of the site are at its origin `pages`. */
export type CookieSite = Pick<HostManifest, 'id' | 'domains'>

/**
 * Runs `work` with the operator's session. SESSION_EXPIRED means that the site does not know it any more: it is tried
 * once more if another call was given new cookies meanwhile, and otherwise ACCOUNT_NEEDS_HUMAN. Raises CONFIG where
 * there are no cookies.
 */
export async function withOperatorCookies<T>(
  ctx: HostContext,
  site: CookieSite,
  work: (http: CookieHttp) => Promise<T>,
): Promise<T> {
  const headers = browserHeaders(ctx, site.id)
  const session = await ctx.session.obtain(() => Promise.resolve(given(ctx, site)))
  const attempt = async ({ token }: HostSession): Promise<T> => {
    const jar = CookieJar.fromJSON(token)
    const set: SetCookie[] = []
    const http = cookieHttp(ctx.http, jar, { headers, onSet: (line, url) => set.push({ line, url }) })
    try {
      return await work(http)
    } catch (error) {
      // What comes with the news that a session has ended is the end of its cookies.
      if (hasEnded(error)) set.length = 0
      throw error
    } finally {
      if (set.length > 0 && valuesIn(JSON.stringify(jar.serializeSync())) !== valuesIn(token)) {
        await keep(ctx, site, set)
      }
    }
  }
  try {
    return await attempt(session)
  } catch (error) {
    if (!hasEnded(error)) throw error
  }
  const newer = await ctx.session.obtain(() => Promise.reject(ended(site)), session)
  try {
    return await attempt(newer)
  } catch (error) {
    throw hasEnded(error) ? ended(site) : error
  }
}

/** What a guard before the site knows a browser by that it has looked at, whoever is logged in. */
const OF_GUARD = /^(cf_clearance|__cf_bm|__ddg\w{0,8})$/

/** Calls of the same browser that is not logged in. Raises CONFIG as `withOperatorCookies` does. */
export function visitorOf(ctx: HostContext, site: CookieSite): CookieHttp {
  const jar = jarOf(ctx, site, (name) => OF_GUARD.test(name))
  return cookieHttp(ctx.http, jar, { headers: browserHeaders(ctx, site.id) })
}

function browserHeaders(ctx: HostContext, platform: string): Record<string, string> {
  const { userAgent } = credentialsOf(ctx, platform, OPERATOR_COOKIES)
  return userAgent === undefined ? {} : { 'user-agent': userAgent }
}

interface SetCookie {
  line: string
  url: string
}

/** The session as the operator gave it. */
function given(ctx: HostContext, site: CookieSite): HostSession {
  return sessionOf(
    ctx,
    jarOf(ctx, site, () => true),
  )
}

function sessionOf({ now }: HostContext, jar: CookieJar): HostSession {
  return { token: JSON.stringify(jar.serializeSync()), expiresAt: now() + KEPT_MS }
}

/** The operator's cookies of the names that are wanted. */
function jarOf(
  ctx: HostContext,
  { domains, id }: CookieSite,
  isWanted: (name: string) => boolean,
): CookieJar {
  const { cookies } = credentialsOf(ctx, id, OPERATOR_COOKIES)
  const home = new URL(ctx.origin('pages'))
  const jar = new CookieJar()
  for (const [key, value] of cookiesIn(cookies, domains, ctx.now())) {
    const cookie = new Cookie({ key, value, path: '/', secure: home.protocol === 'https:' })
    if (isWanted(key)) jar.setCookieSync(cookie, home.href, { ignoreError: true })
  }
  return jar
}

/** keep puts what the site has set into the session that is there by now: other calls may have been given more. */
async function keep(ctx: HostContext, site: CookieSite, set: readonly SetCookie[]): Promise<void> {
  await ctx.session.exclusive((current) => {
    const jar = CookieJar.fromJSON((current ?? given(ctx, site)).token)
    for (const { line, url } of set) jar.setCookieSync(line, url, { ignoreError: true, loose: true })
    return Promise.resolve({ session: sessionOf(ctx, jar), result: undefined })
  })
}

/** What the cookies of a session are, without the times at which they were used. */
function valuesIn(token: string): string {
  const { cookies } = JSON.parse(token) as { cookies: { key?: string; value?: string; domain?: string }[] }
  return JSON.stringify(cookies.map(({ domain, key, value }) => [domain, key, value]).sort())
}

function hasEnded(error: unknown): boolean {
  return error instanceof HostError && error.kind === 'SESSION_EXPIRED'
}

function ended({ domains, id }: CookieSite): HostError {
  const reason =
    'The browser session has ended: log in on the website, and give its cookies by `obb account set ID --cookies FILE`'
  return new HostError('ACCOUNT_NEEDS_HUMAN', `${id}: site does not know the browser session any more`, {
    humanAction: { reason, url: `https://${domains[0]}/` },
  })
}
