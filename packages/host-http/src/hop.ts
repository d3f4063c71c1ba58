import { isUtf8 } from 'node:buffer'
import { HostError } from './host-error.js'
import type { Fields, HostRequest } from './host-http.js'
import { parseUrl, publicUrl } from './url.js'

/** One request of a chain of redirects. */
export interface Hop {
  method: 'GET' | 'POST' | 'HEAD'
  url: URL
  headers: Record<string, string>
  body: string | undefined
}

const ORIGIN_BOUND_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])
const USER_AGENT = 'Mozilla/5.0 (compatible; OBB)'

/** The request as asked for. Raises BAD_URL. */
export function firstHop(request: HostRequest, userAgent = USER_AGENT): Hop {
  const url = parseUrl(request.url)
  if (url === undefined) throw new HostError('BAD_URL', 'URL is not valid', { retryable: false })
  for (const [name, value] of pairs(request.query ?? {})) url.searchParams.append(name, value)
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    'accept-encoding': 'identity',
    accept: '*/*',
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  const content = contentOf(request)
  if (content === undefined) return { method: request.method ?? 'GET', url, headers, body: undefined }
  headers['content-type'] = content.type
  return { method: 'POST', url, headers, body: content.body }
}

function contentOf({ form, json, raw }: HostRequest): { type: string; body: string } | undefined {
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) }
  if (form === undefined) return raw
  const body = new URLSearchParams(
    pairs(form).map(([name, value]): [string, string] => [name, value]),
  ).toString()
  return { type: 'application/x-www-form-urlencoded', body }
}

function pairs(fields: Fields): readonly (readonly [string, string])[] {
  return isPairs(fields) ? fields : Object.entries(fields)
}

function isPairs(fields: Fields): fields is readonly (readonly [string, string])[] {
  return Array.isArray(fields)
}

/** Header bytes arrive as Latin-1; a path that was not encoded is UTF-8 where it can be. */
function utf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** Where the `Location` of an answer leads, as Latin-1 or as UTF-8 in raw bytes. Raises UNEXPECTED. */
export function redirectTarget(location: string, from: URL): URL {
  const url = parseUrl(utf8(location), from)
  if (url === undefined)
    throw new HostError('UNEXPECTED', `Redirect to an invalid URL: ${publicUrl(from.href)}`)
  return url
}

/** RFC 9110 §15.4; credentials stay with the origin they were meant for. Raises UNEXPECTED. */
export function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = redirectTarget(location, hop.url)
  if (url.hash === '') url.hash = hop.url.hash
  const sameOrigin = url.origin === hop.url.origin
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => sameOrigin || !ORIGIN_BOUND_HEADERS.has(name)),
  )
  const keepsMethod = status === 307 || status === 308 || hop.method !== 'POST'
  if (keepsMethod && hop.body !== undefined && !sameOrigin) {
    throw new HostError(
      'UNEXPECTED',
      `Redirect would send a body to another origin: ${publicUrl(hop.url.href)}`,
    )
  }
  if (keepsMethod) return { ...hop, url, headers }
  delete headers['content-type']
  return { method: 'GET', url, headers, body: undefined }
}
