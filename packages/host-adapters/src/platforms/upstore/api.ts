import { z } from 'zod'
import type { AccountInfo, FileRef, HostContext } from '../../kit/adapter.js'
import type { FileFacts } from '../../kit/check.js'
import { field } from '../../kit/fields/schema.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { ParsedRefusal, Readers } from '../../kit/json/json-api.js'
import { PageClient, isLoggedIn, isVisitor, pageAnswer, sendsToLogin } from '../../kit/page-client.js'
import type { PageAnswer } from '../../kit/page-client.js'
import type { CookieHttp } from '../../kit/session/cookie-http.js'
import { visitorOf } from '../../kit/session/operator-cookies.js'
import { readAccountPage } from './account-page.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'Upstore'
export const DOMAINS = ['upstore.net', 'upsto.re'] as const
export const PAGES = 'https://upstore.net'

const client = new PageClient(PLATFORM, REFUSALS)
const api = new JsonApi({ platform: PLATFORM, refusals: REFUSALS, parseRefusal })
const link = z.object({ ok: field.requiredUrl })
const refusal = z.object({ err: field.requiredText })

/** What is wrong is in words, or the page of the login. */
function parseRefusal(json: unknown, status: number): ParsedRefusal | undefined {
  const { data } = refusal.safeParse(json)
  return data === undefined && status < 400 ? undefined : { text: data?.err }
}

/** Raises SESSION_EXPIRED. */
export async function account(ctx: HostContext, http: CookieHttp): Promise<AccountInfo> {
  const url = `${ctx.origin('pages')}/stat/download`
  const answer = await client.ask(ctx, http, { url, query: { lang: 'en' } })
  if (sendsToLogin(answer)) throw client.error('SESSION_EXPIRED', 'site sends to its login')
  return readAccount(answer, ctx.now())
}

/** A file as a visitor sees it. Raises FILE_GONE. */
export async function fileFacts(ctx: HostContext, { fileId }: FileRef): Promise<FileFacts> {
  const request = { url: `${ctx.origin('pages')}/${fileId}`, query: { lang: 'en' } }
  return {
    name: readName(
      await client.ask(ctx, visitorOf(ctx, { id: PLATFORM, domains: DOMAINS }), request),
      ctx.now(),
    ),
  }
}

/** The direct link that premium accounts are given. Raises SESSION_EXPIRED. */
export async function directLink(ctx: HostContext, http: CookieHttp, { fileId }: FileRef): Promise<string> {
  // What the site's own page sends for its premium button.
  const form = { hash: fileId, antispam: 'spam', js: '1' }
  const answer = await client.ask(ctx, http, { url: `${ctx.origin('pages')}/load/premium`, form })
  try {
    return api.read('link', answer, link, ctx.now(), answer.sent).ok
  } catch (error) {
    // Whoever is not logged in is answered in many ways: what counts is the account's page.
    await account(ctx, http)
    throw error
  }
}

function readAccount(answer: PageAnswer, now: number): AccountInfo {
  const page = client.read('account', answer, now)
  const info = isLoggedIn(page) ? readAccountPage(page.text, now) : undefined
  if (info !== undefined) return info
  if (isVisitor(page)) throw client.error('SESSION_EXPIRED', 'site asks to log in')
  throw client.refusal('account', answer, page, now)
}

/** The page of a file has its download in a form. */
function readName(answer: PageAnswer, now: number): string | undefined {
  const page = client.read('file', answer, now)
  const isFile = page.forms.some(({ fields }) => fields.has('hash'))
  if (!isFile) throw client.refusal('file', answer, page, now)
  return page.headings.find((heading) => heading !== '')
}

/** Readers of the answers, for fuzzing. */
export const readers: Readers = {
  account: (text, status) => readAccount(pageAnswer(PAGES, text, status), 0),
  file: (text, status) => readName(pageAnswer(PAGES, text, status), 0),
  ...api.readers({ link }),
}
