import type { HostContext } from './adapter.js'
import { enteredBy } from './credentials.js'
import { HostError } from './errors.js'
import type { HostErrorKind, HostErrorOptions } from './errors.js'
import { readPage } from './page.js'
import type { Page } from './page.js'
import { HTTP_REFUSALS, errorByRules } from './refusal-rules.js'
import type { RefusalRule } from './refusal-rule.js'
import type { CookieHttp } from './session/cookie-http.js'
import { type HostRequest, type HostResponse, quotable, sentBy } from '@obb/host-http'

/** Links and forms that only who is logged in, or only who is not, is shown. */
const LOGOUT = /\bop=logout\b|\/logout\b/i
const LOGIN = /\bop=login\b|\/login\b|\/signin\b/i

/** What a site answered to a call for a page. */
export interface PageAnswer extends Pick<HostResponse, 'status' | 'headers' | 'text' | 'url'> {
  /** What no message may repeat. */
  sent: readonly string[]
}

/** What all websites have in common that are used by their pages. Redirects are answers here. */
export class PageClient {
  constructor(
    private readonly platform: string,
    private readonly refusals: readonly RefusalRule[],
  ) {}

  async ask(ctx: HostContext, http: CookieHttp, request: HostRequest): Promise<PageAnswer> {
    const answer = await http.request({ ...request, redirects: 'none', signal: ctx.signal })
    return { ...answer, sent: [...secretsOf(ctx, http, request.url), ...sentBy(request)] }
  }

  /** The page in an answer. Raises what its status means. */
  read(at: string, answer: PageAnswer, now: number): Page {
    const page = readPage(answer.text)
    if (answer.status >= 300) throw this.refusal(at, answer, page, now)
    return page
  }

  /** What a page means that has nothing of what it was asked for. */
  refusal(at: string, { headers, sent, status }: PageAnswer, page: Page, now: number): HostError {
    const rows = [...this.refusals, ...HTTP_REFUSALS]
    const text = `${page.title}\n${page.text}`
    const retryAfter = headers['retry-after']
    const meant = errorByRules(rows, this.platform, { at, status, text, sent, retryAfter, now })
    if (meant !== undefined) return meant
    // A page that nobody knows says nothing of the account, and most often that the site is being worked on.
    const words = quotable(text, sent)
    const message = `${at} is answered by another page (HTTP ${status}): ${words}`
    return this.error(status < 300 ? 'HOST_DOWN' : 'UNEXPECTED', message, { words })
  }

  error(kind: HostErrorKind, message: string, options: HostErrorOptions = {}): HostError {
    return new HostError(kind, `${this.platform}: ${message}`, options)
  }
}

/** Cookies that go with a call, and all that the operator entered: a site knows them from other calls. */
export function secretsOf(ctx: HostContext, http: CookieHttp, url: string): string[] {
  return [...(http.header(url) ?? '').split(/;\s*|=/), ...enteredBy(ctx)]
}

/** An answer as a reader is given it, for fuzzing. */
export function pageAnswer(url: string, text: string, status = 200): PageAnswer {
  return { status, text, url, headers: {}, sent: [] }
}

/** Where an answer redirects to. */
export function locationOf({ headers, status }: PageAnswer): string | undefined {
  return status >= 300 && status < 400 ? headers['location'] : undefined
}

export function sendsToLogin(answer: PageAnswer): boolean {
  return LOGIN.test(locationOf(answer) ?? '')
}

export function isLoggedIn(page: Page): boolean {
  return page.links.some((link) => LOGOUT.test(link))
}

/** It asks to log in; a page that does neither tells nothing. */
export function isVisitor(page: Page): boolean {
  const asks =
    page.links.some((link) => LOGIN.test(link)) ||
    page.forms.some(({ action, fields }) => LOGIN.test(action) || fields.get('op') === 'login')
  return asks && !isLoggedIn(page)
}
