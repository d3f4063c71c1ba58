/*
 * Cookies as people take them out of a browser: the header `Cookie` of its developer tools, alone, among others or in a
 * command for curl, rows of their table of cookies, a cookies.txt (Netscape's format, as exporters and curl write it), or
 * the JSON of an exporting extension. Read once, in proportion to the length.
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
const COOKIE_HEADER = /^\s{0,8}(?:set-)?cookie: ?/i
const SET_COOKIE = /^\s{0,8}set-cookie:/i
/** The name of the header on a line of its own. */
const NAME_ALONE = /^\s{0,8}cookie:?\s{0,8}$/i
/** As the console shows `document.cookie`. */
const QUOTED = /^(?:"([^"]*)"|'([^']*)')$/
/** In a command for curl. */
const IN_COMMAND = /(?:-H|--header) \$?'cookie: [^']+|(?:-b|--cookie) \$?'[^']+/gi
/** A row of cookies.txt whose tabs became blanks. */
const BLANKS =
  /^\S{1,255} +(?:TRUE|FALSE) +\/\S{0,255} +(?:TRUE|FALSE) +\d{1,12} +\S{1,256}(?: +\S{1,4096})?$/
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
  const rows = lines.flatMap((line) => fromNetscape(line) ?? fromTable(line) ?? [])
  if (rows.length > 0) return rows
  const commands = text.match(IN_COMMAND)
  return commands ? fromHeader(commands.map((each) => each.slice(each.indexOf("'") + 1))) : fromHeader(lines)
}

/** `domain, subdomains too, path, secure, expiry, name, value`, between tabs or blanks. Undefined for any other line. */
function fromNetscape(line: string): Found | undefined {
  const row = line.startsWith(HTTP_ONLY) ? line.slice(HTTP_ONLY.length) : line
  const fields = BLANKS.test(row) ? row.split(' ').filter((field) => field !== '') : row.split('\t')
  const [domain = '', , , , expiry = '', name, value = ''] = fields
  if (name === undefined || fields.length > 7 || domain.startsWith('#')) return undefined
  return { name, value, domain, expiresAt: timeOf(expiry) }
}

/** `name, value, domain, path, expiry, …`, between tabs: the table of the developer tools of Chromium. */
function fromTable(line: string): Found | undefined {
  const [name = '', value = '', domain = '', path = '', expiry = ''] = line.split('\t')
  if (!path.startsWith('/') || !domain.includes('.') || domain.startsWith('/')) return undefined
  return { name: name.trim(), value: value.trim(), domain, expiresAt: timeOf(expiry) }
}

/** Of all headers of a request or an answer those alone that have cookies. */
function fromHeader(lines: readonly string[]): Found[] {
  const headers = lines.filter((line) => COOKIE_HEADER.test(line))
  const pairs = (headers.length > 0 ? headers : lines).flatMap((line) => {
    const value = line.replace(COOKIE_HEADER, '')
    // Attributes follow the first pair.
    if (SET_COOKIE.test(line)) return value.split(';', 1)
    return NAME_ALONE.test(value) ? [] : value.trim().replace(QUOTED, '$1$2').split(';')
  })
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
const exportSchema = z.union([
  z.array(exported),
  z.object({ cookies: z.array(exported) }),
  z.record(z.string(), z.string()),
])

/** An array of cookies, an object with one, or values by name; the expiry in seconds, as extensions have it. */
function fromJson(text: string): Found[] {
  const read = exportSchema.safeParse(parsed(text))
  if (!read.success) throw fault('is JSON, but not that of an extension that exports cookies')
  const rows = Array.isArray(read.data) ? read.data : read.data['cookies']
  if (!Array.isArray(rows))
    return Object.entries(read.data as Record<string, string>).map(([name, value]) => ({ name, value }))
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
