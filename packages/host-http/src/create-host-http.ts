import type { Readable } from 'node:stream'
import { createSecureContext, rootCertificates } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { HostError } from './host-error.js'
import { AddressGuard, systemResolver } from './address-guard.js'
import type { Resolver } from './address-guard.js'
import { ClientPool } from './client-pool.js'
import type { Route } from './client-pool.js'
import { exchange } from './exchange.js'
import type { Exchange } from './exchange.js'
import { firstHop, nextHop } from './hop.js'
import type { Hop } from './hop.js'
import type { HostDownload, HostHttp, HostRequest, HostResponse, HostStream } from './host-http.js'
import { NetworkFault } from './network-fault.js'
import { openSocket } from './open-socket.js'
import { pinnedConnector } from './pinned-connector.js'
import { proxiedConnector } from './proxied-connector.js'
import { parseProxyUrl } from './proxy-url.js'
import type { ProxyEndpoint } from './proxy-url.js'
import { publicUrl } from './url.js'
import { wireExchange } from './wire-exchange.js'
import type { WireExchange } from './wire-exchange.js'
import { WirePool } from './wire-pool.js'

export interface HostHttpOptions {
  /** FETCH_ALLOW_NETWORKS: CIDRs that may be connected to although they are not public. */
  allowNetworks?: readonly string[]
  resolver?: Resolver
  userAgent?: string
  /** Resolution, connection, and through a proxy the way to the tunnel, each, ms. Default 10 000. */
  connectTimeoutMs?: number
  /** Certificates (PEM) trusted besides the well-known ones, of hosts and of proxies. */
  ca?: readonly string[]
  /** Epoch ms. Default Date.now. */
  now?: () => number
}

/** Owns its connections, those through proxies included: close it when the process ends. */
export interface OwnedHostHttp extends HostHttp {
  /**
   * The same client with every connection through an egress proxy, and never without: see `parseProxyUrl`
   * for the URL, which raises CONFIG. A proxy that fails raises EGRESS_BLOCKED with a `retryAt`; a host that
   * fails behind a working proxy raises what it raises without. Costs nothing and needs no closing: kept
   * connections belong to the proxy URL, not to the object, and idle ones close by themselves.
   */
  through(proxyUrl: string): HostHttp
  close(): Promise<void>
}

const MAX_REDIRECTS = 5
const MAX_HEADER_BYTES = 16 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const IDLE_TIMEOUT_MS = 60_000
const MAX_BODY_BYTES = 1024 * 1024
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** The HostHttp of production: undici, with every hop judged and pinned by the address guard. */
export function createHostHttp(options: HostHttpOptions = {}): OwnedHostHttp {
  const guard = new AddressGuard(options)
  const pool = new ClientPool({ maxHeaderSize: MAX_HEADER_BYTES })
  const wires = new WirePool()
  const timeoutMs = options.connectTimeoutMs ?? 10_000
  const { resolver = systemResolver, now = Date.now, ca } = options
  const secureContext = ca && createSecureContext({ ca: [...rootCertificates, ...ca] })

  const direct = (userUrl: boolean): Route => ({
    key: `direct ${userUrl}`,
    connect: pinnedConnector(guard, { userUrl, timeoutMs, secureContext }),
  })
  const proxied = (proxy: ProxyEndpoint, userUrl: boolean): Route => ({
    key: `${JSON.stringify(proxy)} ${userUrl}`,
    connect: proxiedConnector(guard, proxy, { userUrl, timeoutMs, secureContext, resolver, now }),
  })

  const ways = { guard, pool, wires, secureContext }
  return {
    ...hostHttp({ ...ways, routes: { platform: direct(false), user: direct(true) } }, options.userAgent),
    through(proxyUrl) {
      const proxy = parseProxyUrl(proxyUrl)
      const routes = { platform: proxied(proxy, false), user: proxied(proxy, true) }
      return hostHttp({ ...ways, routes }, options.userAgent)
    },
    async close() {
      wires.destroy()
      await pool.destroy()
    },
  }
}

interface Ways {
  guard: AddressGuard
  pool: ClientPool
  wires: WirePool
  /** Apart, since a connection to a port closed to links shall never serve one. */
  routes: { platform: Route; user: Route }
  secureContext: SecureContext | undefined
}

/** The answer to one request of a chain of redirects. */
interface HopAnswer {
  status: number
  headers: Readonly<Record<string, string>>
}

function hostHttp(
  { guard, pool, wires, routes, secureContext }: Ways,
  userAgent: string | undefined,
): HostHttp {
  async function follow<Answer extends HopAnswer>(
    request: HostRequest,
    ask: (hop: Hop, route: Route) => Promise<Answer>,
    drop: (answer: Answer) => void,
  ): Promise<Answer & { url: string }> {
    const userUrl = request.userUrl ?? false
    let hop = firstHop(request, userAgent)
    for (let redirects = 0; ; redirects++) {
      guard.checkUrl(hop.url, userUrl)
      const answer = await ask(hop, userUrl ? routes.user : routes.platform)
      const moved = REDIRECTS.has(answer.status) && request.redirects !== 'none'
      const location = moved ? answer.headers['location'] : undefined
      if (location === undefined) return { ...answer, url: hop.url.href }
      drop(answer)
      if (redirects === MAX_REDIRECTS) {
        const kind = userUrl ? 'BAD_URL' : 'UNEXPECTED'
        throw new HostError(kind, `More than ${MAX_REDIRECTS} redirects: ${publicUrl(request.url)}`)
      }
      hop = nextHop(hop, answer.status, location)
    }
  }

  function exchanged(
    request: HostRequest,
    timing: { headersTimeout: number; bodyTimeout: number },
    signal: AbortSignal | undefined,
  ): Promise<Exchange & { url: string }> {
    const ask = ({ url, method, headers, body }: Hop, route: Route): Promise<Exchange> =>
      exchange(pool, route, url, { method, headers, body: body ?? null, ...timing }, signal)
    return follow(request, ask, ({ body }) => body.destroy())
  }

  return {
    async request(request) {
      const deadline = new Deadline(request.timeoutMs ?? REQUEST_TIMEOUT_MS, request)
      try {
        const timing = { headersTimeout: 0, bodyTimeout: 0 }
        const answer = await exchanged(request, timing, deadline.signal)
        const text = await readText(answer.body, request.maxBytes ?? MAX_BODY_BYTES, answer.url)
        return {
          status: answer.status,
          headers: answer.headers,
          setCookie: answer.setCookie,
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
      const { status, headers, url, body } = await exchanged(request, timing, request.signal)
      return { status, headers, url, body } satisfies HostDownload
    },

    async stream(request) {
      const signal = request.signal ?? new AbortController().signal
      const terms = { idleMs: request.timeoutMs ?? IDLE_TIMEOUT_MS, signal }
      const ask = (hop: Hop, route: Route): Promise<WireExchange> => wireExchange(wires, route, hop, terms)
      const { status, headers, url, body } = await follow(request, ask, (answer) => answer.body.close())
      return { status, headers, url, body } satisfies HostStream
    },

    connect: (target) => openSocket(routes.platform.connect, target, secureContext),
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
