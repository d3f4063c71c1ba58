/*
 * Cookies as people take them out of a browser: the header `Cookie` of its developer tools, a cookies.txt (Netscape's
 * format, as exporters and curl write it), or the JSON of an exporting extension. Read once, in proportion to the length.
 */
import { z } from 'zod'
import { HostError } from '../errors.js'
import { timeOf } from '../fields/dates.js'

/** Longest text that is read, characters: the cookies of one site are far shorter. */
const MAX_COOKIE_TEXT = 32 * 1024
/** Most cookies of one site, and the longest of them with its name (RFC 6265 §6.1). */
const MAX_COOKIES = 100
const MAX_COOKIE = 4096
/** Cookie names are tokens (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/
/** What values are made of, those included that RFC 6265 forbids and browsers send. */
const VALUE = /^[\x20-\x3a\x3c-\x7e]*$/
const HTTP_ONLY = '#HttpOnly_'

interface Found {
  name: string
  value: string
  /** Absent where the text does not say: then it is for the site that the text was given for. */
  domain?: string | undefined
  /** Epoch ms; absent for one that ends with the browser. */
  expiresAt?: number | undefined
}

/**
 * The cookies for one of `domains` or below it, by name, that have not run out. `now`: epoch ms. Raises CONFIG, which
 * says what is wrong with the text and repeats nothing of it.
 */
export function cookiesIn(
  text: string,
  domains: readonly string[],
  now: number,
): ReadonlyMap<string, string> {
  if (text.length > MAX_COOKIE_TEXT)
    throw fault(`is longer than ${MAX_COOKIE_TEXT / 1024} KiB: export those of the site alone`)
  const found = foundIn(text.replace(/^\uFEFF/, '').trim())
  const ours = found.filter(({ domain }) => domain === undefined || isFor(domain, domains))
  if (ours.length === 0) {
    throw fault(found.length === 0 ? 'has no cookies in it' : `has no cookies of ${domains[0] ?? 'the site'}`)
  }
  const valid = ours.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
  if (valid.length === 0) throw fault('has none but cookies that have run out')
  const cookies = new Map(valid.map(({ name, value }) => [name, value]))
  if (cookies.size > MAX_COOKIES) throw fault(`has more than ${MAX_COOKIES} cookies of the site`)
  for (const [name, value] of cookies) {
    if (!NAME.test(name) || !VALUE.test(value) || name.length + value.length > MAX_COOKIE) {
      throw fault('has something in it that is no cookie')
    }
  }
  return cookies
}

/** As the header `Cookie` has them. */
export function cookieHeader(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

function foundIn(text: string): Found[] {
  if (/^[[{]/.test(text)) return fromJson(text)
  const lines = text.split(/\r\n?|\n/)
  const rows = lines.flatMap((line) => fromNetscape(line) ?? [])
  return rows.length > 0 ? rows : fromHeader(lines)
}

/** `domain, subdomains too, path, secure, expiry, name, value`, between tabs. Undefined for any other line. */
function fromNetscape(line: string): Found | undefined {
  const fields = (line.startsWith(HTTP_ONLY) ? line.slice(HTTP_ONLY.length) : line).split('\t')
  const [domain = '', , , , expiry = '', name, value = ''] = fields
  if (name === undefined || fields.length > 7 || domain.startsWith('#')) return undefined
  return { name, value, domain, expiresAt: timeOf(expiry) }
}

function fromHeader(lines: readonly string[]): Found[] {
  const pairs = lines.flatMap((line) => line.replace(/^\s{0,8}cookie:/i, '').split(';'))
  return pairs.flatMap((pair) => {
    if (pair.trim() === '') return []
    const at = pair.indexOf('=')
    if (at < 0) throw fault('is neither a Cookie header, nor a cookies.txt, nor the JSON of an extension')
    return { name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() }
  })
}

const exported = z.object({
  name: z.string(),
  value: z.string(),
  domain: z.string().nullish(),
  host: z.string().nullish(),
  expirationDate: z.unknown().optional(),
  expires: z.unknown().optional(),
})
const exportSchema = z.union([z.array(exported), z.object({ cookies: z.array(exported) })])

/** An array of cookies, or an object with one; the expiry in seconds, as extensions have it. */
function fromJson(text: string): Found[] {
  const read = exportSchema.safeParse(parsed(text))
  if (!read.success) throw fault('is JSON, but not that of an extension that exports cookies')
  const rows = Array.isArray(read.data) ? read.data : read.data.cookies
  return rows.map(({ domain, expirationDate, expires, host, name, value }) => ({
    ...{ name, value, domain: domain ?? host ?? undefined, expiresAt: timeOf(expirationDate ?? expires) },
  }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A cookie for `.example.com` is for example.com and what is below it, as are our links. */
function isFor(cookieDomain: string, domains: readonly string[]): boolean {
  const name = cookieDomain.trim().toLowerCase().replace(/^\./, '')
  return domains.some((domain) => name === domain || name.endsWith(`.${domain}`))
}

function fault(what: string): HostError {
  return new HostError('CONFIG', `the text of the cookies ${what}`)
}
