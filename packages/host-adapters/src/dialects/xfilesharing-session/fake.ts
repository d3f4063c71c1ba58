import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute, LinkRules } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { FakeFile, FakePlatform } from '../../fake/fake-host.js'
import type { FakeRequest } from '../../fake/fake-server.js'
import { EXPIRED } from '../xfilesharing/fake.js'
import type { Site } from './site.js'

export interface SessionAccount {
  /** As the page has it; null for an account that never was premium. */
  premiumExpire: string | null
  /** As the page has it; null where it tells none. Nothing can be downloaded with `0 MB`. */
  trafficLeft: string | null
}

/** A stand-in for the pages of a site of the script, which one login is known at. */
export interface XfsPagesKnobs extends ApiKnobs {
  readonly pages: true
  account: SessionAccount
  /** How the premium download goes: a form, after one that asks for the choice, or at once. */
  flow: 'form' | 'choice' | 'direct'
  /** Where a form's answer has the direct link. */
  linkIn: 'redirect' | 'page'
  /** Pages show a captcha in the form of the download. */
  captcha: boolean
  /** The page of a file is one that was made for visitors, whoever asks. */
  cached: boolean
  /** Every page sets the session anew, and the one of before is known no more. */
  rotates: boolean
  maxConnections: number
  /** Nobody is logged in any more. */
  endSession(): void
}

const LOGIN_LINK = '<a href="/login.html">Login</a> <a href="/?op=registration">Sign up</a>'
const LOGOUT_LINK = '<a href="/?op=my_account">My account</a> <a href="/?op=logout">Logout</a>'

export function fake(site: Site): FakePlatform<XfsPagesKnobs> {
  return apiFake((now) => {
    let session = `fakesession${hexId(8)}`
    const credentials = { cookies: `lang=english; xfss=${session}` }
    const knobs: XfsPagesKnobs = {
      ...apiKnobs(),
      pages: true,
      account: { premiumExpire: '24 March 2030', trafficLeft: '98.5 GB' },
      flow: 'form',
      linkIn: 'redirect',
      captcha: false,
      cached: false,
      rotates: false,
      maxConnections: site.maxChunks,
      endSession: () => void (session = hexId(16)),
    }
    const sessions = {
      knows: (request: FakeRequest) => cookieOf(request, 'xfss') === session,
      renew: () => (session = `renewed${hexId(12)}`),
    }
    return {
      knobs,
      credentials,
      originNames: ['pages'],
      fileLink: (id, { name }) => `https://${site.domains[0]}/${id}/${encodeURIComponent(name)}.html`,
      routes: (host) => new Pages(knobs, now, host, sessions).routes(),
    }
  })
}

interface Sessions {
  knows(request: FakeRequest): boolean
  renew(): string
}

class Pages {
  constructor(
    private readonly knobs: XfsPagesKnobs,
    private readonly now: () => number,
    private readonly host: ApiFakeHost,
    private readonly sessions: Sessions,
  ) {}

  routes(): readonly ApiRoute[] {
    const file = /^\/(?:d\/)?([a-z0-9]{12})(?:\/.*)?$/
    return [
      {
        name: 'my_account',
        path: /^\/$/,
        when: ({ fields }) => fields['op'] === 'my_account',
        answer: (request) => this.account(request),
      },
      {
        name: 'form',
        method: 'POST',
        path: file,
        answer: (request, [code = '']) => this.form(request, code),
      },
      { name: 'file', method: 'GET', path: file, answer: (request, [code = '']) => this.file(request, code) },
    ]
  }

  private account(request: FakeRequest): object | string {
    if (!this.sessions.knows(request)) return redirect('/login.html')
    const { premiumExpire, trafficLeft } = this.knobs.account
    const rows = [
      ['Email:', 'op@example.test'],
      ['Account type:', this.isPremium() ? 'Premium' : 'Free'],
      ...(premiumExpire === null ? [] : [['Premium account expire:', premiumExpire]]),
      ...(trafficLeft === null ? [] : [['Traffic available today:', trafficLeft]]),
    ]
    const cells = rows.map(([title, value]) => `<tr><td>${title}</td><td><b>${value}</b></td></tr>`)
    return this.page(request, `<table>${cells.join('')}</table>`, false)
  }

  private file(request: FakeRequest, code: string): object | string {
    const file = this.host.files.get(code)
    if (file === undefined) return this.page(request, '<h2>File Not Found</h2>')
    if (this.knobs.cached || !this.sessions.knows(request)) return this.freePage(request, code, file)
    if (this.isPremium() && this.knobs.flow === 'direct' && file.password === undefined)
      return this.give(request, code, file)
    if (this.isPremium() && this.knobs.flow !== 'choice') return this.premiumForm(request, code, file)
    return this.freePage(request, code, file)
  }

  private form(request: FakeRequest, code: string): object | string {
    const { fields } = request
    const file = this.host.files.get(code)
    if (file === undefined || fields['id'] !== code)
      return this.page(request, '<b class="err">No such file</b>')
    if (!this.sessions.knows(request)) return this.freePage(request, code, file)
    const wantsPremium = !!fields['method_premium'] && !fields['method_free']
    if (!wantsPremium || !this.isPremium()) {
      return this.page(request, '<b class="err">This file is available for Premium Users only.</b>')
    }
    if (fields['op'] === 'download1') return this.premiumForm(request, code, file)
    if (fields['op'] !== 'download2' || !fields['rand']) return this.page(request, 'Oops')
    if (file.password !== undefined && fields['password'] !== file.password)
      return this.page(request, '<b class="err">Wrong password</b>')
    if (this.knobs.account.trafficLeft === '0 MB')
      return this.page(
        request,
        '<b class="err">You have reached the download-limit: 50 GB for last 1 days</b>',
      )
    return this.give(request, code, file)
  }

  private give(request: FakeRequest, code: string, file: FakeFile): object | string {
    const url = `${this.host.directLink(code, this.linkRules())}/${encodeURIComponent(file.name)}`
    if (this.knobs.linkIn === 'redirect' || this.knobs.flow === 'direct') return redirect(url)
    return this.page(request, `<span>Direct link:</span> <a href="${url}">${escaped(file.name)}</a>`)
  }

  private premiumForm(request: FakeRequest, code: string, file: FakeFile): object | string {
    const hidden = {
      ...{ op: 'download2', id: code, rand: hexId(12), referer: '', method_free: '', method_premium: '1' },
      ...{ fname: file.name, adblock_detected: '0' },
    }
    const captcha = this.knobs.captcha ? '<div class="h-captcha" data-sitekey="x"></div>' : ''
    const password = file.password === undefined ? '' : '<input type="password" name="password">'
    return this.page(
      request,
      `<h2>${escaped(file.name)}</h2><form name="F1" method="POST" action="">${inputs(hidden)}${captcha}${password}` +
        '<button type="submit" id="downloadbtn">Create download link</button></form>',
    )
  }

  /** What visitors get; who is logged in and free as well. */
  private freePage(request: FakeRequest, code: string, file: FakeFile): object | string {
    const hidden = { op: 'download1', usr_login: '', id: code, fname: file.name, referer: '' }
    const premium =
      this.knobs.flow === 'choice' || !this.isPremium()
        ? '<input type="submit" name="method_premium" value="Premium Download">'
        : ''
    return this.page(
      request,
      `<h2>Download ${escaped(file.name)}</h2><form method="POST" action="">${inputs(hidden)}` +
        `<input type="submit" name="method_free" value="Free Download">${premium}</form>`,
    )
  }

  /** With the links that the menu has for who is logged in, and for who is not. */
  private page(request: FakeRequest, body: string, cached = this.knobs.cached): object {
    const known = this.sessions.knows(request) && !cached
    const menu = known ? LOGOUT_LINK : LOGIN_LINK
    const html = `<!DOCTYPE html><html><head><title>Files</title></head><body>${menu}${body}</body></html>`
    const headers =
      known && this.knobs.rotates ? { 'set-cookie': `xfss=${this.sessions.renew()}; path=/` } : {}
    return answerWith({ status: 200, body: html, headers })
  }

  private isPremium(): boolean {
    return Date.parse(`${this.knobs.account.premiumExpire ?? ''} UTC`) > this.now()
  }

  private linkRules(): LinkRules {
    const { knobs } = this
    let connections = 0
    let requestsLeft = knobs.linkRequests
    return {
      refuse() {
        if (requestsLeft-- <= 0) return EXPIRED
        if (connections >= knobs.maxConnections) return { status: 503, body: '' }
        connections++
        return undefined
      },
      served: () => void connections--,
    }
  }
}

function redirect(location: string): object {
  return answerWith({ status: 302, body: '', headers: { location } })
}

function inputs(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`)
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

function cookieOf({ headers }: FakeRequest, name: string): string | undefined {
  const pairs = (headers['cookie'] ?? '').split('; ').map((pair) => pair.split('='))
  return pairs.find(([key]) => key === name)?.[1]
}
