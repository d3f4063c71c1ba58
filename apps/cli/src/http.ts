import type { IncomingHttpHeaders } from 'node:http'
import type { Agent, Dispatcher, request as sendRequest } from 'undici'
import { failureSchema } from '@obb/contracts'
import { CliError, ConnectionFault, interruption, PortalRefusal } from './failure.js'

/** Largest JSON answer that is read, bytes. */
const MAX_ANSWER = 64 * 2 ** 20
const MAX_REDIRECTS = 5
const CONNECT_MS = 10_000

/**
 * Http keeps the connections of a command: per origin as many as it has requests at once. The client is loaded with the
 * first request, so that help, completion and wrong usage do without it.
 */
export class Http {
  private client: Promise<{ agent: Agent; request: typeof sendRequest }> | undefined

  /** With `socketPath` every request goes to that socket. `timeout`: ms. */
  constructor(
    private readonly connect: { timeout: number } | { socketPath: string } = { timeout: CONNECT_MS },
  ) {}

  async request(
    url: string,
    options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>,
  ): Promise<Dispatcher.ResponseData> {
    const { agent, request } = await (this.client ??= this.load())
    return request(url, { ...options, dispatcher: agent })
  }

  /** Ends all connections, those in use as well. */
  async destroy(): Promise<void> {
    await (await this.client)?.agent.destroy()
  }

  private async load() {
    const { Agent, request } = await import('undici')
    return { agent: new Agent({ connect: this.connect }), request }
  }
}

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  url: string
  headers: Readonly<Record<string, string>>
  body?: string | Buffer
  signal: AbortSignal
  /** Longest silence, ms: before the head of the answer and between two pieces of its body. */
  idleMs: number
}

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Dispatcher.ResponseData['body']
}

/** connectionFault is what went wrong with a connection, as one of our errors. */
export function connectionFault(error: unknown, url: string, signal: AbortSignal): CliError {
  if (error instanceof CliError) return error
  if (signal.aborted) return interruption()
  const { code, name } = error as { code?: unknown; name?: unknown }
  return new ConnectionFault(new URL(url).origin, typeof code === 'string' ? code : String(name))
}

/** A header that stands once, or undefined. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/**
 * One request. Redirects are followed within the origin only, since they carry the key along, and only
 * where the method stays. Raises ConnectionFault, CliError.
 */
export async function send(http: Http, call: Call): Promise<HttpAnswer> {
  let url = call.url
  for (let hops = 0; ; hops++) {
    const { statusCode, headers, body } = await http
      .request(url, {
        method: call.method,
        headers: call.headers,
        body: call.body ?? null,
        signal: call.signal,
        headersTimeout: call.idleMs,
        bodyTimeout: call.idleMs,
      })
      .catch((error: unknown) => {
        throw connectionFault(error, url, call.signal)
      })
    const location = header(headers, 'location')
    if (statusCode < 300 || statusCode > 399 || statusCode === 304 || location === undefined) {
      return { status: statusCode, headers, body }
    }
    body.on('error', () => undefined).destroy()
    const { origin } = new URL(url)
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined
    const keepsMethod = call.method === 'GET' || statusCode === 307 || statusCode === 308
    if (next?.origin !== origin || !keepsMethod || hops >= MAX_REDIRECTS) {
      throw new CliError(`${origin} answered with a redirect that is not followed`)
    }
    url = next.href
  }
}

/** The body as text, bounded. Raises ConnectionFault, CliError. */
export async function readText(answer: HttpAnswer, url: string, signal: AbortSignal, limit = MAX_ANSWER) {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw new CliError(`${new URL(url).origin} sent an answer that is too large`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw connectionFault(error, url, signal)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The refusal in an answer's body, or undefined if it is not our envelope. */
export function refusalIn(
  text: string,
  { headers, status: http }: Pick<HttpAnswer, 'headers' | 'status'>,
): PortalRefusal | undefined {
  const failure = failureSchema.safeParse(parseJson(text))
  if (!failure.success) return undefined
  return new PortalRefusal(failure.data, http, header(headers, 'x-request-id'))
}

/** A schema of the contracts: all that is asked of it here. */
export interface Shape<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly ShapeIssue[] } }
}
export interface ShapeIssue {
  path: readonly PropertyKey[]
  message: string
}

/** One call whose answer is the envelope; `data` as sent and as checked. Raises the refusal it holds. */
export async function callJson<T>(http: Http, call: Call, shape: Shape<T>): Promise<T> {
  const answer = await send(http, call)
  const text = await readText(answer, call.url, call.signal)
  const { origin } = new URL(call.url)
  const refusal = refusalIn(text, answer)
  if (refusal) throw refusal
  const value = parseJson(text) as { success?: unknown; data?: unknown } | null | undefined
  if (answer.status >= 300 || typeof value !== 'object' || value?.success !== true) {
    throw new CliError(`${origin} did not answer like OBB (HTTP ${answer.status})`)
  }
  const checked = shape.safeParse(value.data)
  if (checked.success) return checked.data
  throw new CliError(
    `${origin} sent an answer of an unknown shape: is it another version of OBB?`,
    1,
    issues(checked.error),
  )
}

export function issues(error: { issues: readonly ShapeIssue[] }): string[] {
  return error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message,
  )
}
