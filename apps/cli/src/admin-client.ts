import { ADMIN_API, REFUSALS } from '@obb/contracts'
import { CliError, ConnectionFault, PortalRefusal } from './failure.js'
import { callJson, type Call, type Http, type Shape } from './http.js'
import type { Endpoint } from './settings.js'

/** Longest wait for an answer, ms. A check of an operator account waits for its platform. */
const IDLE_MS = 120_000

/** The admin API, spoken with the operator's token. Raises PortalRefusal, CliError. */
export class AdminClient {
  constructor(
    private readonly endpoint: Endpoint,
    private readonly http: Http,
    private readonly signal: AbortSignal,
  ) {}

  /** `path` below the prefix, as segments that are encoded here. */
  get<T>(path: readonly string[], shape: Shape<T>, query: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.call('GET', path, shape, undefined, query)
  }

  post<T>(path: readonly string[], shape: Shape<T>, body: object = {}): Promise<T> {
    return this.call('POST', path, shape, body)
  }

  patch<T>(path: readonly string[], shape: Shape<T>, body: object): Promise<T> {
    return this.call('PATCH', path, shape, body)
  }

  delete<T>(
    path: readonly string[],
    shape: Shape<T>,
    query: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    return this.call('DELETE', path, shape, undefined, query)
  }

  private async call<T>(
    method: Call['method'],
    path: readonly string[],
    shape: Shape<T>,
    body?: object,
    query: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const url = new URL(`${this.endpoint.url}${ADMIN_API}/${path.map(encodeURIComponent).join('/')}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    try {
      return await callJson(
        this.http,
        {
          method,
          url: url.href,
          headers: {
            authorization: `Bearer ${this.endpoint.secret}`,
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: this.signal,
          idleMs: IDLE_MS,
        },
        shape,
      )
    } catch (error) {
      throw elsewhere(error, this.endpoint.url) ?? notRunning(error, this.endpoint.url)
    }
  }
}

/** No such route at all: that is the port of the users' API. */
function elsewhere(error: unknown, url: string): CliError | undefined {
  if (!(error instanceof PortalRefusal) || !error.message.startsWith(REFUSALS.route_unknown.msg))
    return undefined
  return new CliError(
    `the admin API is not at ${url}: it has an address of its own (ADMIN_HOST, ADMIN_PORT of the server); name it with --api or OBB_ADMIN_API`,
  )
}

const NOBODY_THERE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])
const UNKNOWN_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN'])

/**
 * A connection that could not even be made means that OBB is not running, or that its name is wrong; anything else
 * stays what it is.
 */
export function notRunning(error: unknown, url: string): unknown {
  if (!(error instanceof ConnectionFault)) return error
  if (UNKNOWN_NAME.has(error.code))
    return new CliError(
      `nobody knows the name in ${url} (${error.code}); check the address, and the DNS here`,
    )
  return NOBODY_THERE.has(error.code)
    ? new CliError(`OBB is not running at ${url}; start it with npm start`)
    : error
}
