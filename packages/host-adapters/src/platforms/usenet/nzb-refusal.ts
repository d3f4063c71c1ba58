/* What the site of an NZB says in its place: Newznab's `<error>`, JSON, a page, a line of text. */
import { HostError } from '../../kit/errors.js'
import type { HostErrorKind } from '../../kit/errors.js'
import { errorByRules, errorByTable } from '../../kit/refusal-rules.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'
import { looksLikeHtml } from '@obb/host-http'
import { refusal } from './refusals.js'

export interface SiteAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  /** How its body begins. */
  text: string
  /** After redirects. */
  url: string
  now: number
}

const MINUTE = 60_000

/** Codes of Newznab's API, whatever the status beside them. */
const CODES: readonly RefusalRule[] = [
  {
    code: ['100', '101', '102', '103', '104', '105', '106', '107'],
    kind: 'FILE_RESTRICTED',
    message: 'site of the NZB does not accept the key or the account',
  },
  {
    code: ['200', '201', '202', '203'],
    kind: 'BAD_URL',
    message: 'site of the NZB does not know such links',
  },
  { code: ['300'], kind: 'FILE_GONE', message: 'NZB does not exist' },
  {
    code: ['500', '501'],
    kind: 'HOST_TEMP',
    message: 'limit of the key at the site of the NZB is reached',
    retryAfterMs: 15 * MINUTE,
  },
  {
    code: ['900', '910'],
    kind: 'HOST_TEMP',
    message: 'site of the NZB has closed its API for now',
    retryAfterMs: 15 * MINUTE,
  },
]

/** What a site says with 200. */
const GONE: readonly RefusalRule[] = [
  {
    text: [/\bnot found\b/, /\bno such (nzb|item|release)\b/, /\b(does not|doesn't) exist\b/],
    kind: 'FILE_GONE',
    message: 'NZB does not exist',
  },
]

/** What words of the site, which hosts say of an account, mean for the NZB. */
const MEANT: Partial<Record<HostErrorKind, HostErrorKind>> = {
  ACCOUNT_QUOTA: 'HOST_TEMP',
  ACCOUNT_BUSY: 'HOST_TEMP',
  ACCOUNT_RATE: 'HOST_TEMP',
  EGRESS_BLOCKED: 'HOST_TEMP',
  RATE_LIMITED: 'HOST_TEMP',
  ACCOUNT_INVALID: 'FILE_RESTRICTED',
  ACCOUNT_NOT_PREMIUM: 'FILE_RESTRICTED',
  ACCOUNT_NEEDS_HUMAN: 'FILE_RESTRICTED',
  FILE_PASSWORD_REQUIRED: 'FILE_RESTRICTED',
}

/** An NZB has its own root, or is packed. */
const PROLOGUE = /^\ufeff?\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*/
const ROOT = /^<(?:!doctype\s+)?nzb\b/i
const XML_ERROR = /^<error\b[^>]*>/i
/** Longest text without a tag that is taken for a sentence, characters. */
const SENTENCE = 500

/** Undefined where the body may be an NZB. */
export function refusalInPlace(answer: SiteAnswer): HostError | undefined {
  const said = saidIn(answer.text.replace(PROLOGUE, ''))
  if (answer.status === 200 && said === undefined) return undefined
  const { code, text } = said ?? { text: '' }
  const asked = { ...common(answer), code, text }
  return (
    errorByTable(CODES, 'Usenet', asked) ??
    meant(errorByRules([], 'Usenet', { ...asked, at: 'key' })) ??
    (answer.status === 200 ? errorByTable(GONE, 'Usenet', asked) : undefined) ??
    (answer.status === 200
      ? new HostError('FILE_RESTRICTED', `Usenet: ${whatCame(answer)} came in place of the NZB`)
      : refusal(asked))
  )
}

function common({ headers, now, status }: SiteAnswer) {
  return { at: 'nzb', status, retryAfter: headers['retry-after'], now }
}

/** What is said in a body that is no NZB. */
function saidIn(body: string): { code?: string | undefined; text: string } | undefined {
  if (ROOT.test(body)) return undefined
  const [error] = XML_ERROR.exec(body) ?? []
  if (error !== undefined)
    return { code: attribute(error, 'code'), text: attribute(error, 'description') ?? '' }
  if (/^[{[]/.test(body)) return saidInJson(body)
  // eslint-disable-next-line no-control-regex
  const isText = !/[\0-\x08]/.test(body) && (body.length <= SENTENCE ? !body.includes('<') : false)
  return looksLikeHtml(body) || isText ? { text: body } : undefined
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`, 'i').exec(tag)?.[1]
}

function saidInJson(body: string): { code?: string | undefined; text: string } {
  const texts = body.matchAll(/"(?:error|message|msg|description|detail|reason|title)"\s*:\s*"([^"]*)"/gi)
  const code = /"code"\s*:\s*"?(\d{3})\b/i.exec(body)?.[1]
  return { code, text: [...texts].map(([, text]) => text).join('. ') }
}

function meant(error: HostError | undefined): HostError | undefined {
  if (error === undefined) return undefined
  const { message, retryAt } = error
  return new HostError(MEANT[error.kind] ?? error.kind, message, {
    ...(retryAt !== undefined && { retryAt }),
  })
}

function whatCame({ text, url }: SiteAnswer): string {
  const isLogin =
    /<input\b[^>]*\btype=["']?password/i.test(text) || /\/(?:log|sign)-?in\b/i.test(new URL(url).pathname)
  return isLogin ? 'a page to sign in' : looksLikeHtml(text) ? 'a page' : 'a message'
}
