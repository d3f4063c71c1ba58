import type { Readable } from 'node:stream'
import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import type { Readers } from '../../kit/json/json-api.js'
import {
  PageClient,
  isLoggedIn,
  isVisitor,
  locationOf,
  pageAnswer,
  secretsOf,
  sendsToLogin,
} from '../../kit/page-client.js'
import type { PageAnswer } from '../../kit/page-client.js'
import type { CookieHttp } from '../../kit/session/cookie-http.js'
import { visitorOf } from '../../kit/session/operator-cookies.js'
import { isPage, parseUrl } from '@obb/host-http'
import { readAccountPage } from './account-page.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'UploadGig'
export const DOMAINS = ['uploadgig.com'] as const
export const PAGES = 'https://uploadgig.com'

/** How much of a page in place of a file is read, characters. */
const MAX_PAGE = 256 * 1024
const client = new PageClient(PLATFORM, REFUSALS)

/** Raises SESSION_EXPIRED. */
export async function account(ctx: HostContext, http: CookieHttp): Promise<AccountInfo> {
  const answer = await client.ask(ctx, http, { url: `${ctx.origin('pages')}/user/my_account` })
  if (sendsToLogin(answer)) throw client.error('SESSION_EXPIRED', 'site sends to its login')
  return readAccount(answer, ctx.now())
}

/** A file as a visitor sees it. Raises FILE_GONE. */
export async function fileFacts(ctx: HostContext, ref: FileRef): Promise<FileFacts> {
  const answer = await client.ask(ctx, visitorOf(ctx, { id: PLATFORM, domains: DOMAINS }), {
    url: urlOf(ctx, ref),
  })
  return { name: readName(answer, ctx.now()) }
}

/**
 * Where a premium account is given the file: its page is the file itself then, or sends to it. Its first byte is asked
 * for and not taken. Raises SESSION_EXPIRED, and ACCOUNT_NOT_PREMIUM where the page offers the free download.
 */
export async function directLink(ctx: HostContext, http: CookieHttp, ref: FileRef): Promise<string> {
  const url = urlOf(ctx, ref)
  const headers = { ...http.headers(url), range: 'bytes=0-0' }
  const { body, ...head } = await ctx.http.open({ url, headers, redirects: 'none', signal: ctx.signal })
  const isFile = (head.status === 200 || head.status === 206) && !isPage(head.headers)
  if (isFile) body.destroy()
  if (isFile) return url
  const answer = { ...head, text: await beginning(body), sent: secretsOf(ctx, http, url) }
  const location = locationOf(answer)
  const target = location === undefined ? undefined : parseUrl(location, new URL(url))
  if (target !== undefined && !sendsToLogin(answer)) return target.href
  // What counts is whether the site knows the session where it shows the account.
  await account(ctx, http)
  const page = client.read('file', answer, ctx.now())
  const offersFree = page.forms.some(({ captcha }) => captcha)
  if (offersFree) throw client.error('ACCOUNT_NOT_PREMIUM', 'site offers a free download only')
  throw client.refusal('file', answer, page, ctx.now())
}

function urlOf(ctx: HostContext, { fileId }: FileRef): string {
  return `${ctx.origin('pages')}/file/download/${fileId}`
}

async function beginning(body: Readable): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length >= MAX_PAGE) break
  }
  return text
}

function readAccount(answer: PageAnswer, now: number): AccountInfo {
  const page = client.read('account', answer, now)
  const info = isLoggedIn(page) ? readAccountPage(page.text) : undefined
  if (info !== undefined) return info
  if (isVisitor(page)) throw client.error('SESSION_EXPIRED', 'site asks to log in')
  throw client.refusal('account', answer, page, now)
}

function readName(answer: PageAnswer, now: number): string {
  const page = client.read('file', answer, now)
  const name = page.headings.find((heading) => heading !== '')
  const isFile = page.forms.some(({ captcha }) => captcha)
  if (name === undefined || !isFile) throw client.refusal('file', answer, page, now)
  return name
}

/** Readers of the pages, for fuzzing. */
export const readers: Readers = {
  account: (text, status) => readAccount(pageAnswer(PAGES, text, status), 0),
  file: (text, status) => readName(pageAnswer(PAGES, text, status), 0),
}
