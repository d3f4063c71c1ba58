import type { Failure, Success } from '@obb/contracts'
import { isSaid } from '../shared/refusal-text.js'
import type { Endpoints } from './endpoints.js'
import { ApiFailure } from './failure.js'

/** Longest time for an answer, ms: a check of many links asks their hosts. */
const TIMEOUT_MS = 60_000

type Parts<E> = (E extends { params: infer P } ? { params: P } : { params?: undefined }) &
  (E extends { body: infer B } ? { body: B } : { body?: undefined }) &
  (E extends { query: infer Q } ? { query?: Q } : { query?: undefined })

type Options<E> = Parts<E> & { signal?: AbortSignal }
type NeedsOptions<E> = E extends { params: unknown } | { body: unknown } ? [Options<E>] : [Options<E>?]

interface Loose {
  params?: Record<string, string>
  body?: unknown
  query?: Record<string, unknown>
  signal?: AbortSignal
}

/** What is called when a call finds that nobody is signed in any more. */
let signedOut: () => void = () => undefined
export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

/**
 * call asks the server and gives what is in the envelope. The endpoint is its method and path, as in `Endpoints`.
 * Raises ApiFailure, and the signal's reason where it was aborted.
 */
export async function call<K extends keyof Endpoints>(
  endpoint: K,
  ...[given]: NeedsOptions<Endpoints[K]>
): Promise<Endpoints[K]['answer']> {
  const response = await ask(endpoint, (given ?? {}) as unknown as Loose)
  const answer = (await response.json().catch(() => undefined)) as
    Success<Endpoints[K]['answer']> | Failure | undefined
  if (answer?.success) return answer.data
  throw failureOf(endpoint, response, answer)
}

/** ask gives the answer as it begins; `timeoutMs` is for all of it. Raises as `call`. */
export async function ask(
  endpoint: string,
  { params, body, query, signal }: Loose,
  timeoutMs = TIMEOUT_MS,
): Promise<Response> {
  const [method = 'GET', template = ''] = endpoint.split(' ')
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params?.[name] ?? ''),
  )
  const timeout = AbortSignal.timeout(timeoutMs)
  return fetch(`/api/portal/v1/${path}${search(query)}`, {
    method,
    credentials: 'same-origin',
    // What is taken away goes on where the page is left.
    keepalive: method === 'DELETE',
    headers: { accept: 'application/json', ...contentType(body) },
    ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new ApiFailure(endpoint, 0, { success: false, status: 0, msg: '' })
  })
}

/** What an answer says that is no success; undefined: of a reverse proxy, which knows no envelope. */
export function failureOf(endpoint: string, response: Response, answer: Failure | undefined): ApiFailure {
  const failure = answer ?? { success: false, status: 999, msg: `HTTP ${response.status}` }
  if (isSaid(failure.msg, 'signed_out')) signedOut()
  return new ApiFailure(endpoint, response.status, failure, response.headers.get('x-request-id') ?? undefined)
}

function contentType(body: unknown): Record<string, string> {
  if (body === undefined) return {}
  return { 'content-type': body instanceof Blob ? body.type : 'application/json' }
}

function search(query: Record<string, unknown> = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
