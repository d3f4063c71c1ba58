import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { EXTERNAL_API, NZB_TYPE, PORTAL_API, Refusal } from '@obb/contracts'
import {
  type Forwarding,
  crossOriginFields,
  isHostNamed,
  isPreflight,
  preflightFields,
} from '@obb/core/origin'
import { refuseSocket } from '@obb/core/process'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isAdminConnection, isServedOn } from './admin-connections.js'
import { UnreadBody, UnreadJson } from './body.js'
import { GatewayAdapter } from './gateway-adapter.js'
import { enterRequest, requestIdOf } from './request-context.js'

/** Largest request body, bytes: a link and a password. */
const MAX_BODY = 64 * 1024
/** Largest request head, bytes. */
const MAX_HEAD = 16 * 1024
/** Time to receive a head, and a whole request, ms. */
const HEAD_TIMEOUT_MS = 20_000
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 75_000

/** What pages of other origins may read of answers of the external API, and send to it. */
const FOR_PAGES = crossOriginFields([
  'X-Request-Id',
  'Allow',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
])
const PREFLIGHT = preflightFields(['GET', 'HEAD', 'POST', 'DELETE'])

/** By which a page of the portal sees whether an address leads here. */
const HEALTH = '/health'

/** Routes that take something else than JSON. */
const UPLOADS = new Set<string | undefined>([EXTERNAL_API, PORTAL_API].map((prefix) => `${prefix}/nzb`))

/** The responses that each connection waits for. */
type UnderWay = WeakMap<Socket, Set<ServerResponse>>
type FrameworkFailure = (reply: FastifyReply, request: FastifyRequest, error: unknown) => void

/**
 * Fastify such that nothing answers past the one writer of failures: not the router, not the body parser,
 * not Node's HTTP parser. `fail` writes what happens outside of any handler.
 */
export function gatewayAdapter(fail: FrameworkFailure, forwarding: Forwarding): GatewayAdapter {
  const underWay: UnderWay = new WeakMap()
  const adapter = new GatewayAdapter({
    http: {
      maxHeaderSize: MAX_HEAD,
      headersTimeout: HEAD_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
      requireHostHeader: false, // refused below, with the envelope
    },
    bodyLimit: MAX_BODY,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request, forwarding),
    routerOptions: { maxParamLength: MAX_HEAD, ignoreTrailingSlash: true },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      enterRequest(request, reply, forwarding, () => fail(reply, request, error))
    },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket as Socket, underWay),
  })
  const fastify = adapter.getInstance()
  fastify.removeContentTypeParser(['application/json', 'text/plain'])
  void fastify.addContentTypeParser('application/json', (_request, payload, done) => {
    done(null, new UnreadJson(payload))
  })
  void fastify.addContentTypeParser([NZB_TYPE, 'multipart/form-data'], (request, payload, done) => {
    const isUpload = UPLOADS.has(request.routeOptions.url)
    done(isUpload ? null : new Refusal('media_type_unsupported'), new UnreadBody(payload))
  })
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': request.id,
    })
    const refusal = headRefusal(request)
    if (refusal?.refusal === 'route_unknown' && isForPages(request.raw) && isPreflight(request.raw)) {
      void reply.code(204).headers(PREFLIGHT).send()
    } else enterRequest(request, reply, forwarding, () => done(refusal))
  })
  const { server } = fastify
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const exchanges = underWay.get(request.socket) ?? new Set()
    underWay.set(request.socket, exchanges.add(response))
    response.once('close', () => exchanges.delete(response))
    if (!isForPages(request)) return
    for (const [name, value] of Object.entries(FOR_PAGES)) response.setHeader(name, value)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response) // an expectation may be ignored (RFC 9110 §10.1.1)
  })
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    refuseSocket(socket, new Refusal('route_unknown'))
  })
  return adapter
}

/**
 * Pages of any origin may use the external API, and see that the gateway is there; nothing else here: the admin API
 * answers none.
 */
function isForPages({ socket, url = '' }: IncomingMessage): boolean {
  return (url === HEALTH || url.startsWith(`${EXTERNAL_API}/`)) && !isAdminConnection(socket)
}

/** Before any body is looked at: a path that is not there needs none. */
function headRefusal({ raw, is404, routeOptions }: FastifyRequest): Refusal | undefined {
  if (!isHostNamed(raw)) return new Refusal('request_invalid')
  // By the route and not by the path, of which there are many spellings (`/api/%61dmin/…`).
  const isServed = !is404 && isServedOn(raw.socket, routeOptions.url ?? '')
  return isServed ? undefined : new Refusal('route_unknown')
}

/**
 * refuseConnection answers what became no whole request: garbage, a head that is too large, a body that breaks its
 * coding.
 */
function refuseConnection(error: Error & { code?: string }, socket: Socket, underWay: UnderWay): void {
  const [response, ...others] = underWay.get(socket) ?? []
  // Amid an answer, or before that of a request that was whole, there is no room for another one.
  const taken = response !== undefined && (response.headersSent || response.req.complete || others.length > 0)
  if (error.code === 'ECONNRESET' || !socket.writable || taken) {
    socket.destroy()
    return
  }
  const code =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : undefined
  refuseSocket(socket, new Refusal('request_invalid'), { code })
}
