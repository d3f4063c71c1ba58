import { createSecureContext, rootCertificates } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { BodyStream, BufferPool, type Buffers, ConnectionPool, OVERSHOOT, type Terms } from '@obb/http-engine'
import { AddressGuard, systemResolver } from './address-guard.js'
import type { Resolver } from './address-guard.js'
import { ChainCookies } from './chain-cookies.js'
import { type HopAnswer, exchangeHop } from './hop-exchange.js'
import { firstHop, nextHop } from './hop.js'
import { HostError } from './host-error.js'
import type {
  BodyReader,
  HostDownload,
  HostHttp,
  HostRequest,
  HostResponse,
  HostStream,
} from './host-http.js'
import { NetworkFault } from './network-fault.js'
import { openSocket } from './open-socket.js'
import { pinnedConnector } from './pinned-connector.js'
import { proxiedConnector } from './proxied-connector.js'
import { parseProxyUrl } from './proxy-url.js'
import type { ProxyEndpoint } from './proxy-url.js'
import type { Route } from './route.js'
import { publicUrl } from './url.js'

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

/** Redirects of one request that are followed at most. */
export const MAX_REDIRECTS = 10
const REQUEST_TIMEOUT_MS = 30_000
const IDLE_TIMEOUT_MS = 60_000
const MAX_BODY_BYTES = 1024 * 1024
/** How long a connection is kept that nobody uses, ms. */
const KEPT_MS = 4_000
const LARGE = 16
const LARGE_BYTES = 512 * 1024
const GATHERING_BYTES = 160 * 1024
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** The HostHttp of production: the HTTP engine, with every hop judged and pinned by the address guard. */
export function createHostHttp(options: HostHttpOptions = {}): OwnedHostHttp {
  const guard = new AddressGuard(options)
  const pool = new ConnectionPool({ idleMs: KEPT_MS, buffers: buffers() })
  const timeoutMs = options.connectTimeoutMs ?? 10_000
  const { resolver = systemResolver, now = Date.now, ca } = options
  const secureContext = ca && createSecureContext({ ca: [...rootCertificates, ...ca] })

  const direct = (userUrl: boolean): Route => ({
    key: `direct ${userUrl}`,
    elsewhere: userUrl,
    connect: pinnedConnector(guard, { userUrl, timeoutMs, secureContext }),
  })
  const proxied = (proxy: ProxyEndpoint, userUrl: boolean): Route => ({
    key: `${JSON.stringify(proxy)} ${userUrl}`,
    elsewhere: userUrl,
    connect: proxiedConnector(guard, proxy, { userUrl, timeoutMs, secureContext, resolver, now }),
  })

  const ways = { guard, pool, secureContext }
  return {
    ...hostHttp({ ...ways, routes: { platform: direct(false), user: direct(true) } }, options.userAgent),
    through(proxyUrl) {
      const proxy = parseProxyUrl(proxyUrl)
      const routes = { platform: proxied(proxy, false), user: proxied(proxy, true) }
      return hostHttp({ ...ways, routes }, options.userAgent)
    },
    close: async () => pool.close(),
  }
}

/** buffers gives as many large ones as one file has connections: 8 MiB, beyond the 68 KiB of each connection. */
function buffers(): Buffers {
  return {
    large: new BufferPool(LARGE_BYTES, LARGE),
    gathering: new BufferPool(GATHERING_BYTES + OVERSHOOT, LARGE),
  }
}

interface Ways {
  guard: AddressGuard
  pool: ConnectionPool
  /** Apart, since a connection to a port closed to links shall never serve one. */
  routes: { platform: Route; user: Route }
  secureContext: SecureContext | undefined
}

function hostHttp({ guard, pool, routes, secureContext }: Ways, userAgent: string | undefined): HostHttp {
  async function follow(request: HostRequest, terms: Terms): Promise<HopAnswer & { url: string }> {
    const userUrl = request.userUrl ?? false
    const cookies = new ChainCookies()
    let hop = firstHop(request, userAgent)
    for (let redirects = 0; ; redirects++) {
      guard.checkUrl(hop.url, userUrl)
      const answer = await exchangeHop(pool, userUrl ? routes.user : routes.platform, cookies.on(hop), terms)
      const moved = REDIRECTS.has(answer.status) && request.redirects !== 'none'
      const location = moved ? answer.headers['location'] : undefined
      if (location === undefined) return { ...answer, url: hop.url.href }
      answer.body.close()
      if (redirects === MAX_REDIRECTS) {
        const kind = userUrl ? 'BAD_URL' : 'UNEXPECTED'
        throw new HostError(kind, `More than ${MAX_REDIRECTS} redirects: ${publicUrl(request.url)}`)
      }
      cookies.take(hop.url, answer.setCookie)
      hop = nextHop(hop, answer.status, location)
    }
  }

  async function stream(request: HostRequest): Promise<HostStream> {
    const { signal, timeoutMs: silenceMs = IDLE_TIMEOUT_MS } = request
    const { status, headers, url, body } = await follow(request, { silenceMs, signal })
    return { status, headers, url, body }
  }

  return {
    async request(request) {
      const deadline = new Deadline(request.timeoutMs ?? REQUEST_TIMEOUT_MS, request)
      try {
        const { body, ...answer } = await follow(request, { signal: deadline.signal })
        const text = await readText(body, request.maxBytes ?? MAX_BODY_BYTES, answer.url)
        const { status, headers, setCookie, url } = answer
        return { status, headers, setCookie, url, text } satisfies HostResponse
      } finally {
        deadline.clear()
      }
    },

    async open(request) {
      const { body, ...answer } = await stream(request)
      const lender = { read: () => body.next(), close: () => body.close() }
      return { ...answer, body: new BodyStream(lender) } satisfies HostDownload
    },

    stream,

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

async function readText(body: BodyReader, maxBytes: number, url: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for (let chunk; (chunk = await body.next()) !== undefined;) {
    size += chunk.length
    if (size > maxBytes) {
      body.close()
      throw new HostError('UNEXPECTED', `Answer is larger than ${maxBytes} bytes: ${publicUrl(url)}`)
    }
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks).toString('utf8')
}
