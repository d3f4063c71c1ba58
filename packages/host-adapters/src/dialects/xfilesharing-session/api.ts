import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { Readers } from '../../kit/json/json-api.js'
import { parseUrl } from '@obb/host-http'
import { fieldOf, readPage } from '../../kit/page.js'
import type { Page, PageForm } from '../../kit/page.js'
import {
  PageClient,
  isLoggedIn,
  isVisitor,
  locationOf,
  pageAnswer,
  sendsToLogin,
} from '../../kit/page-client.js'
import type { PageAnswer } from '../../kit/page-client.js'
import type { CookieHttp } from '../../kit/session/cookie-http.js'
import { visitorOf } from '../../kit/session/operator-cookies.js'
import { readAccountPage } from './account-page.js'
import { directLink, fileCode, redirectedLink } from './links.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

/** Forms between the page of a file and its direct link: the choice of premium, and the download. */
const MAX_FORMS = 2
/** Redirects of a page within the site, such as to the file's name or another domain of it. */
const MAX_HOPS = 4

/** What a page says of a file to a visitor. */
export interface PageFile {
  name?: string
}

/** The pages that people see at a site of the script, by the cookies of the operator's browser. */
export class ScriptPages {
  private readonly client: PageClient

  constructor(private readonly site: Site) {
    this.client = new PageClient(site.id, REFUSALS)
  }

  /** Raises SESSION_EXPIRED. */
  async account(ctx: HostContext, http: CookieHttp): Promise<AccountInfo> {
    const answer = await this.page(ctx, http, `${ctx.origin('pages')}/?op=my_account`)
    if (sendsToLogin(answer)) throw this.client.error('SESSION_EXPIRED', 'site sends to its login')
    return this.readAccount(answer, ctx.now())
  }

  /** A file as a visitor sees it, without the session: who is logged in may be given the file itself. */
  async file(ctx: HostContext, ref: FileRef): Promise<PageFile> {
    const visitor = visitorOf(ctx, this.site)
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
      const page = this.client.read('file', answer, ctx.now())
      const form = downloadForm(page, fileCode(ref))
      if (form === undefined || forms === MAX_FORMS) {
        await this.assertLoggedIn(ctx, http, page)
        throw this.client.refusal('file', answer, page, ctx.now())
      }
      const isFree = form.captcha || !isPremiumForm(form)
      if (isFree) await this.assertLoggedIn(ctx, http, page)
      if (isFree) throw this.client.error('ACCOUNT_NOT_PREMIUM', 'site offers a free download only')
      const fields = this.fieldsOf(ctx, form)
      const url = this.pageUrl(form.action, answer.url)
      answer = await this.client.ask(ctx, http, { url, form: fields })
    }
  }

  /** Readers of the pages, by name, for fuzzing. */
  readers(): Readers {
    const answer = (text: string, status?: number) => pageAnswer(this.site.pages, text, status)
    return {
      account: (text, status) => this.readAccount(answer(text, status), 0),
      file: (text, status) => this.readFile(answer(text, status), 0),
      link: (text) => this.linkIn(answer(text)),
    }
  }

  private urlOf(ctx: HostContext, ref: FileRef): string {
    return `${ctx.origin('pages')}/${fileCode(ref)}`
  }

  /** A page of the site: redirects are followed as long as they lead to its pages. */
  private async page(ctx: HostContext, http: CookieHttp, first: string): Promise<PageAnswer> {
    let url = first
    for (let hops = 0; ; hops++) {
      const answer = await this.client.ask(ctx, http, { url })
      const location = locationOf(answer)
      if (location === undefined || sendsToLogin(answer)) return answer
      if (redirectedLink(location, answer.url, this.site) !== undefined) return answer
      if (hops === MAX_HOPS) throw this.client.error('UNEXPECTED', `more than ${MAX_HOPS} redirects`)
      url = this.pageUrl(location, answer.url)
    }
  }

  /** A page that another one names. Raises UNEXPECTED for what is not of the site. */
  private pageUrl(link: string, base: string): string {
    const from = new URL(base)
    const url = parseUrl(link, from)
    if (url?.host === from.host) return url.href
    throw this.client.error('UNEXPECTED', 'site sends to another site')
  }

  private linkIn(answer: PageAnswer): string | undefined {
    const location = locationOf(answer)
    if (location !== undefined) return redirectedLink(location, answer.url, this.site)
    const links = readPage(answer.text).links.map((link) => directLink(link, answer.url))
    return links.find((link) => link !== undefined)
  }

  private readAccount(answer: PageAnswer, now: number): AccountInfo {
    const page = this.client.read('account', answer, now)
    const account = isLoggedIn(page) ? readAccountPage(page.text, now) : undefined
    if (account !== undefined) return account
    if (isVisitor(page)) throw this.client.error('SESSION_EXPIRED', 'site asks to log in')
    throw this.client.refusal('account', answer, page, now)
  }

  private readFile(answer: PageAnswer, now: number): PageFile {
    const page = this.client.read('file', answer, now)
    const form = page.forms.find(
      ({ fields }) => fields.has('fname') || /^download[12]$/.test(fields.get('op') ?? ''),
    )
    if (form === undefined) throw this.client.refusal('file', answer, page, now)
    const name = fieldOf(form, 'fname')
    return name === undefined ? {} : { name }
  }

  /** A page may be one of a cache: what counts is whether the site knows the session where it shows the account. */
  private async assertLoggedIn(ctx: HostContext, http: CookieHttp, page: Page): Promise<void> {
    if (isVisitor(page)) await this.account(ctx, http)
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
    if (password === undefined) throw this.client.error('FILE_PASSWORD_REQUIRED', 'file has a password')
    return { ...sent, password }
  }
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
