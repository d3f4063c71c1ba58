import type { IncomingMessage } from 'node:http'

/*
 * Pages of other origins (the CORS protocol of the Fetch standard). Any origin may call, and none with credentials: who
 * calls shows a key, or a link, that the browser does not have by itself.
 */

/** The preflight of one method is good for so long, seconds. */
const PREFLIGHT_TTL_S = 86_400
/** Beside those that need no leave; `*` takes the rest, but for Authorization and in old browsers. */
const REQUEST_FIELDS = [
  'Authorization',
  'X-Api-Key',
  'Content-Type',
  'Accept-Language',
  'Range',
  'If-Range',
  'If-Match',
  'If-None-Match',
  'If-Modified-Since',
  'If-Unmodified-Since',
  '*',
]

/** What lets pages read an answer, and these of its fields. */
export function crossOriginFields(exposed: readonly string[]): Record<string, string> {
  return { 'access-control-allow-origin': '*', 'access-control-expose-headers': exposed.join(', ') }
}

/** A browser asks whether a page may send a request. It never sends credentials with that. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  const asked = headers['access-control-request-method']
  return method === 'OPTIONS' && headers.origin !== undefined && asked !== undefined
}

/** The answer to that, a 204, beside `crossOriginFields`: yes. */
export function preflightFields(methods: readonly string[]): Record<string, string> {
  return {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': REQUEST_FIELDS.join(', '),
    'access-control-max-age': String(PREFLIGHT_TTL_S),
  }
}
