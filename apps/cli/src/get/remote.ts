import { CliError, PortalRefusal } from '../failure.js'
import { header, readText, refusalIn, send, type Http, type HttpAnswer } from '../http.js'
import type { Span } from './range-set.js'

/** Opened is what the download address answers, as far as it decides how to go on. */
export type Opened =
  | { kind: 'range'; start: number; total: number; etag: string | null; body: HttpAnswer['body'] }
  /** The whole file, because no range was asked for, or it was ignored, or the version changed. */
  | {
      kind: 'whole'
      total: number | undefined
      etag: string | null
      ranges: boolean
      body: HttpAnswer['body']
    }
  /** The link does not work any more. */
  | { kind: 'ended' }
  /** The file is not on the storage (any more). */
  | { kind: 'not_ready'; waitMs: number | undefined }
  /** Try the same again. */
  | { kind: 'busy'; waitMs: number | undefined }
  | { kind: 'unsatisfiable' }

/** Longest silence on a download connection, ms. */
const IDLE_MS = 60_000
const MAX_ERROR_BODY = 64 * 1024
const PASSING = new Set([408, 429, 500, 502, 503, 504])

/**
 * Asks for a range, or for everything. With an ETag the range is wanted of that version only. Raises
 * ConnectionFault, PortalRefusal, CliError.
 */
export async function openRemote(
  http: Http,
  url: string,
  span: Span | undefined,
  etag: string | null,
  signal: AbortSignal,
): Promise<Opened> {
  const answer = await send(http, {
    method: 'GET',
    url,
    headers: {
      'accept-encoding': 'identity',
      ...(span === undefined ? {} : { range: `bytes=${span.start}-${span.end - 1}` }),
      ...(span === undefined || etag === null ? {} : { 'if-range': etag }),
    },
    signal,
    idleMs: IDLE_MS,
  })
  const { status, headers, body } = answer
  const { origin } = new URL(url)
  if (status === 200 || status === 206) {
    if ((header(headers, 'content-encoding') ?? 'identity') !== 'identity') {
      discard(body)
      throw new CliError(`${origin} sent the file encoded although that was not asked for`)
    }
    if (status === 200) {
      const length = header(headers, 'content-length')
      const total = length === undefined ? undefined : Number(length)
      const ranges = header(headers, 'accept-ranges') === 'bytes'
      return { kind: 'whole', total, etag: strongEtag(answer), ranges, body }
    }
    const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(header(headers, 'content-range') ?? '')
    const [start, last, total] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])]
    if (match === null || start !== span?.start || last < start || last >= total) {
      discard(body)
      throw new CliError(`${origin} answered with another range than the one asked for`)
    }
    return { kind: 'range', start, total, etag: strongEtag(answer), body }
  }
  const waitMs = retryAfter(header(headers, 'retry-after'))
  const text = await readText(answer, url, signal, MAX_ERROR_BODY)
  if (status === 404 || status === 410) return { kind: 'ended' }
  if (status === 425) return { kind: 'not_ready', waitMs }
  if (status === 416) return { kind: 'unsatisfiable' }
  if (PASSING.has(status)) return { kind: 'busy', waitMs }
  const refusal = refusalIn(text, answer)
  throw refusal instanceof PortalRefusal ? refusal : new CliError(`${origin} answered with HTTP ${status}`)
}

/** Gives a body up; its connection is closed. */
export function discard(body: HttpAnswer['body']): void {
  body.on('error', () => undefined).destroy()
}

function strongEtag({ headers }: HttpAnswer): string | null {
  const etag = header(headers, 'etag')
  return etag !== undefined && /^"[\x21\x23-\x7e]{1,256}"$/.test(etag) ? etag : null
}

function retryAfter(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}
