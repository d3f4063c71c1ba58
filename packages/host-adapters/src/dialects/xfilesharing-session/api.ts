import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import type { HostErrorKind } from '../../kit/errors.js'
import type { Readers } from '../../kit/json/json-api.js'
import { fieldOf, readPage } from '../../kit/page.js'
import type { Page, PageForm } from '../../kit/page.js'
import { HTTP_REFUSALS, errorByRules } from '../../kit/refusal-rules.js'
import type { CookieHttp } from '../../kit/session/cookie-http.js'
import { visitorOf } from '../../kit/session/operator-cookies.js'
import { type HostRequest, type HostResponse, quotable, sentBy } from '@obb/host-http'
import { readAccountPage } from './account-page.js'
import { directLink, fileCode, redirectedLink } from './links.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

/** Forms between the page of a file and its direct link: the choice of premium, and the download. */
const MAX_FORMS = 2
/** Redirects of a page within the site, such as to the file's name or another domain of it. */
const MAX_HOPS = 4
/** Parts of links and forms that only who is logged in, or only who is not, is shown. */
const LOGOUT = /\bop=logout\b|\/logout\b/i
const LOGIN = /\bop=login\b|\/login\b|\/signin\b/i

interface Answer extends Pick<HostResponse, 'status' | 'headers' | 'text' | 'url'> {
  /** What no message may repeat. */
  sent: readonly string[]
}

/** What a page says of a file to a visitor. */
export interface PageFile {
  name?: string
}

/** The pages that people see at a site of the script, by the cookies of the operator's browser. */
export class ScriptPages {
  constructor(private readonly site: Site) {}

  /** Raises SESSION_EXPIRED. */
  async account(ctx: HostContext, http: CookieHttp): Promise<AccountInfo> {
    const answer = await this.page(ctx, http, `${ctx.origin('pages')}/?op=my_account`)
    if (sendsToLogin(answer)) throw this.error('SESSION_EXPIRED', 'site sends to its login')
    return this.readAccount(answer, ctx.now())
  }

  /** A file as a visitor sees it, without the session: who is logged in may be given the file itself. */
  async file(ctx: HostContext, ref: FileRef): Promise<PageFile> {
    const visitor = visitorOf(ctx, this.site.id)
    const answer = await this.page(ctx, visitor, this.urlOf(ctx, ref))
    return sendsToLogin(answer) ? {} : this.readFile(answer, ctx.now())
  }

  /**
   * The direct link by the premium download of the site. No captcha is solved and no free download is made: a page
   * that offers nothing else is ACCOUNT_NOT_PREMIUM. Raises SESSION_EXPIRED.
   */
  async directLink(ctx: HostContext, http: CookieHttp, ref: FileRef): Promise<string> {
    let answer = await this.page(ctx, http, this.urlOf(ctx, ref))
    for (let forms = 0; ; forms++) {
      const found = this.linkIn(answer)
      if (found !== undefined) return found
      if (sendsToLogin(answer)) await this.account(ctx, http)
      const page = this.checked('file', answer, ctx.now())
      const form = downloadForm(page, fileCode(ref))
      if (form === undefined || forms === MAX_FORMS) {
        await this.assertLoggedIn(ctx, http, page)
        throw this.refusal('file', answer, page, ctx.now())
      }
      const isFree = form.captcha || !isPremiumForm(form)
      if (isFree) await this.assertLoggedIn(ctx, http, page)
      if (isFree) throw this.error('ACCOUNT_NOT_PREMIUM', 'site offers a free download only')
      const fields = this.fieldsOf(ctx, form)
      const url = new URL(form.action, answer.url).href
      answer = await ask(ctx, http, { url, form: fields })
    }
  }

  /** Readers of the pages, by name, for fuzzing. */
  readers(): Readers {
    const answer = (text: string, status = 200): Answer => ({
      status,
      text,
      headers: {},
      sent: [],
      url: this.site.pages,
    })
    return {
      account: (text, status) => this.readAccount(answer(text, status), 0),
      file: (text, status) => this.readFile(answer(text, status), 0),
      link: (text) => this.linkIn(answer(text)),
    }
  }

  error(kind: HostErrorKind, message: string): HostError {
    return new HostError(kind, `${this.site.id}: ${message}`)
  }

  private urlOf(ctx: HostContext, ref: FileRef): string {
    return `${ctx.origin('pages')}/${fileCode(ref)}`
  }

  /** A page of the site: redirects are followed as long as they lead to its pages. */
  private async page(ctx: HostContext, http: CookieHttp, first: string): Promise<Answer> {
    let url = first
    for (let hops = 0; ; hops++) {
      const answer = await ask(ctx, http, { url })
      const location = locationOf(answer)
      if (location === undefined || sendsToLogin(answer)) return answer
      if (redirectedLink(location, answer.url, this.site) !== undefined) return answer
      if (hops === MAX_HOPS) throw this.error('UNEXPECTED', `more than ${MAX_HOPS} redirects`)
      const next = new URL(location, answer.url)
      if (next.host !== new URL(url).host) throw this.error('UNEXPECTED', 'site sends to another site')
      url = next.href
    }
  }

  private linkIn(answer: Answer): string | undefined {
    const location = locationOf(answer)
    if (location !== undefined) return redirectedLink(location, answer.url, this.site)
    const links = readPage(answer.text).links.map((link) => directLink(link, answer.url))
    return links.find((link) => link !== undefined)
  }

  private readAccount(answer: Answer, now: number): AccountInfo {
    const page = this.checked('account', answer, now)
    const account = isLoggedIn(page) ? readAccountPage(page.text, now) : undefined
    if (account !== undefined) return account
    if (!isLoggedIn(page) && isVisitor(page)) throw this.error('SESSION_EXPIRED', 'site asks to log in')
    throw this.refusal('account', answer, page, now)
  }

  private readFile(answer: Answer, now: number): PageFile {
    const page = this.checked('file', answer, now)
    const form = page.forms.find(
      ({ fields }) => fields.has('fname') || /^download[12]$/.test(fields.get('op') ?? ''),
    )
    if (form === undefined) throw this.refusal('file', answer, page, now)
    const name = fieldOf(form, 'fname')
    return name === undefined ? {} : { name }
  }

  /** The page in an answer. Raises what its status means. */
  private checked(at: string, answer: Answer, now: number): Page {
    const page = readPage(answer.text)
    if (answer.status >= 300) throw this.refusal(at, answer, page, now)
    return page
  }

  /** What a page means that has nothing of what it was asked for. */
  private refusal(at: string, { headers, sent, status }: Answer, page: Page, now: number): HostError {
    const rows = [...REFUSALS, ...HTTP_REFUSALS]
    const text = `${page.title}\n${page.text}`
    const retryAfter = headers['retry-after']
    const meant = errorByRules(rows, this.site.id, { at, status, text, retryAfter, now })
    if (meant !== undefined) return meant
    // A page that nobody knows says nothing of the account, and most often that the site is being worked on.
    const words = quotable(text, sent)
    return this.error(
      status < 300 ? 'HOST_DOWN' : 'UNEXPECTED',
      `${at} is answered by another page (HTTP ${status}): ${words}`,
    )
  }

  /** A page may be one of a cache: what counts is whether the site knows the session where it shows the account. */
  private async assertLoggedIn(ctx: HostContext, http: CookieHttp, page: Page): Promise<void> {
    if (!isLoggedIn(page) && isVisitor(page)) await this.account(ctx, http)
  }

  /** All that the form has of its own but the free download, and the password if it asks for one. */
  private fieldsOf({ password }: HostContext, { fields }: PageForm): Record<string, string> {
    const own = [...fields].filter(([name]) => name !== 'method_free')
    const sent = {
      ...Object.fromEntries(own),
      method_free: '',
      method_premium: fields.get('method_premium') || '1',
    }
    if (!fields.has('password')) return sent
    if (password === undefined) throw this.error('FILE_PASSWORD_REQUIRED', 'file has a password')
    return { ...sent, password }
  }
}

async function ask(ctx: HostContext, http: CookieHttp, request: HostRequest): Promise<Answer> {
  const cookies = (http.header(request.url) ?? '').split(/;\s*|=/)
  const answer = await http.request({ ...request, redirects: 'none', signal: ctx.signal })
  return { ...answer, sent: [...cookies, ...sentBy(request)] }
}

function locationOf({ headers, status }: Answer): string | undefined {
  return status >= 300 && status < 400 ? headers['location'] : undefined
}

function sendsToLogin(answer: Answer): boolean {
  return LOGIN.test(locationOf(answer) ?? '')
}

/** The form that leads to the file, whose code a short link does not tell. */
function downloadForm({ forms }: Page, code: string): PageForm | undefined {
  const ops = ['download2', 'download1']
  const isOfFile = (id: string | undefined) => id === undefined || id === code || code.includes('/')
  return forms
    .filter(({ fields }) => ops.includes(fields.get('op') ?? '') && isOfFile(fields.get('id')))
    .sort((a, b) => ops.indexOf(a.fields.get('op') ?? '') - ops.indexOf(b.fields.get('op') ?? ''))[0]
}

/** The choice has a button for premium; a download that was chosen says which it is. */
function isPremiumForm(form: PageForm): boolean {
  return (
    form.fields.has('method_premium') &&
    (form.fields.get('op') === 'download1' || !fieldOf(form, 'method_free'))
  )
}

function isLoggedIn(page: Page): boolean {
  return page.links.some((link) => LOGOUT.test(link))
}

function isVisitor({ forms, links }: Page): boolean {
  return links.some((link) => LOGIN.test(link)) || forms.some(({ fields }) => fields.get('op') === 'login')
}
