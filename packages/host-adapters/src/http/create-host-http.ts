import type { Readable } from 'node:stream'
import { HostError } from '../errors.js'
import { AddressGuard } from './address-guard.js'
import type { Resolver } from './address-guard.js'
import { ClientPool } from './client-pool.js'
import { exchange } from './exchange.js'
import type { Exchange } from './exchange.js'
import type { HostDownload, HostHttp, HostRequest, HostResponse } from './host-http.js'
import { NetworkFault } from './network-fault.js'
import { pinnedConnector } from './pinned-connector.js'
import { parseUrl, publicUrl } from './url.js'

export interface HostHttpOptions {
  /** FETCH_ALLOW_NETWORKS: CIDRs that may be connected to although they are not public. */
  allowNetworks?: readonly string[]
  resolver?: Resolver
  userAgent?: string
  /** Resolution and connection, each, ms. Default 10 000. */
  connectTimeoutMs?: number
}

/** Owns its connection pools: close it when the process ends. */
export interface OwnedHostHttp extends HostHttp {
  close(): Promise<void>
}

const MAX_REDIRECTS = 5
const MAX_HEADER_BYTES = 16 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const IDLE_TIMEOUT_MS = 60_000
const MAX_BODY_BYTES = 1024 * 1024
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const ORIGIN_BOUND_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])
const USER_AGENT = 'Mozilla/5.0 (compatible; OBB)'

interface Hop {
  method: 'GET' | 'POST' | 'HEAD'
  url: URL
  headers: Record<string, string>
  body: string | undefined
}

/** The HostHttp of production: undici, with every hop judged and pinned by the address guard. */
export function createHostHttp(options: HostHttpOptions = {}): OwnedHostHttp {
  const guard = new AddressGuard(options)
  const timeoutMs = options.connectTimeoutMs ?? 10_000
  const pool = (userUrl: boolean): ClientPool =>
    new ClientPool({
      connect: pinnedConnector(guard, { userUrl, timeoutMs }),
      maxHeaderSize: MAX_HEADER_BYTES,
    })
  const pools = { platform: pool(false), user: pool(true) }

  async function follow(
    request: HostRequest,
    timing: { headersTimeout: number; bodyTimeout: number },
    signal: AbortSignal | undefined,
  ): Promise<Exchange & { url: string }> {
    const userUrl = request.userUrl ?? false
    let hop = firstHop(request, options.userAgent ?? USER_AGENT)
    for (let redirects = 0; ; redirects++) {
      guard.checkUrl(hop.url, userUrl)
      const { method, headers, body } = hop
      const connections = userUrl ? pools.user : pools.platform
      const answer = await exchange(
        connections,
        hop.url,
        { method, headers, body: body ?? null, ...timing },
        signal,
      )
      const location = REDIRECTS.has(answer.status) ? answer.headers['location'] : undefined
      if (location === undefined) return { ...answer, url: hop.url.href }
      answer.body.destroy()
      if (redirects === MAX_REDIRECTS) {
        const kind = userUrl ? 'BAD_URL' : 'UNEXPECTED'
        throw new HostError(kind, `More than ${MAX_REDIRECTS} redirects: ${publicUrl(request.url)}`)
      }
      hop = nextHop(hop, answer.status, location)
    }
  }

  return {
    async request(request) {
      const deadline = new Deadline(request.timeoutMs ?? REQUEST_TIMEOUT_MS, request)
      try {
        const timing = { headersTimeout: 0, bodyTimeout: 0 }
        const answer = await follow(request, timing, deadline.signal)
        const text = await readText(answer.body, request.maxBytes ?? MAX_BODY_BYTES, answer.url)
        return {
          status: answer.status,
          headers: answer.headers,
          url: answer.url,
          text,
        } satisfies HostResponse
      } finally {
        deadline.clear()
      }
    },

    async open(request) {
      const idle = request.timeoutMs ?? IDLE_TIMEOUT_MS
      const timing = { headersTimeout: idle, bodyTimeout: idle }
      const { status, headers, url, body } = await follow(request, timing, request.signal)
      return { status, headers, url, body } satisfies HostDownload
    },

    async close() {
      await Promise.all([pools.platform.destroy(), pools.user.destroy()])
    },
  }
}

/** A signal that fires after `timeoutMs` with a HOST_TEMP, or with the caller's signal, whichever is first. */
class Deadline {
  private readonly controller = new AbortController()
  private readonly timer: NodeJS.Timeout
  private readonly forward = (): void => this.controller.abort(this.request.signal?.reason)

  constructor(
    timeoutMs: number,
    private readonly request: HostRequest,
  ) {
    const message = `Host did not answer within ${timeoutMs} ms: ${publicUrl(request.url)}`
    const late = new HostError('HOST_TEMP', message, { cause: new NetworkFault('ETIMEDOUT') })
    this.timer = setTimeout(() => this.controller.abort(late), timeoutMs)
    if (request.signal?.aborted) this.forward()
    else request.signal?.addEventListener('abort', this.forward, { once: true })
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  clear(): void {
    clearTimeout(this.timer)
    this.request.signal?.removeEventListener('abort', this.forward)
  }
}

function firstHop(request: HostRequest, userAgent: string): Hop {
  const url = parseUrl(request.url)
  if (url === undefined) throw new HostError('BAD_URL', 'URL is not valid', { retryable: false })
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, value)
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    'accept-encoding': 'identity',
    accept: '*/*',
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  if (request.form === undefined) return { method: request.method ?? 'GET', url, headers, body: undefined }
  headers['content-type'] = 'application/x-www-form-urlencoded'
  return { method: 'POST', url, headers, body: new URLSearchParams(request.form).toString() }
}

/** RFC 9110 §15.4; credentials stay with the origin they were meant for. */
function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = parseUrl(location, hop.url)
  if (url === undefined)
    throw new HostError('UNEXPECTED', `Redirect to an invalid URL: ${publicUrl(hop.url.href)}`)
  if (url.hash === '') url.hash = hop.url.hash
  const sameOrigin = url.origin === hop.url.origin
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => sameOrigin || !ORIGIN_BOUND_HEADERS.has(name)),
  )
  const keepsMethod = status === 307 || status === 308 || hop.method !== 'POST'
  if (keepsMethod && hop.body !== undefined && !sameOrigin) {
    throw new HostError(
      'UNEXPECTED',
      `Redirect would send a form to another origin: ${publicUrl(hop.url.href)}`,
    )
  }
  if (keepsMethod) return { ...hop, url, headers }
  delete headers['content-type']
  return { method: 'GET', url, headers, body: undefined }
}

async function readText(body: Readable, maxBytes: number, url: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes)
      throw new HostError('UNEXPECTED', `Answer is larger than ${maxBytes} bytes: ${publicUrl(url)}`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
