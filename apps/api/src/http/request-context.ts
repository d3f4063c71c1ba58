import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Forwarding } from '@obb/core/origin'
import { resume, startSpan, withinSpan } from '@obb/core/tracing'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Ids of requests that are taken as they are. */
const GIVEN_ID = /^[\w.~-]{1,64}$/

/** The id of a request: the one that a trusted proxy gives it in `X-Request-Id`, or one of our own. */
export function requestIdOf(request: IncomingMessage, forwarding: Forwarding): string {
  const given = request.headers['x-request-id']
  const isGood = typeof given === 'string' && GIVEN_ID.test(given)
  return isGood && forwarding.isTrusted(request.socket.remoteAddress) ? given : ownId()
}

/** 16 hex digits, of a UUID: Node keeps random bytes at hand for those, which costs a tenth. */
function ownId(): string {
  const uuid = randomUUID()
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(19, 23)
}

/**
 * Runs `next`, and whatever it begins, for this request: its id stands in all lines, and calls of its API are spans,
 * children of the `traceparent` that a trusted proxy tells.
 */
export function enterRequest(
  { id, method, raw, routeOptions }: FastifyRequest,
  reply: FastifyReply,
  forwarding: Forwarding,
  next: () => void,
): void {
  resume({ request: id }, {}, () => {
    const { url: route = '' } = routeOptions
    const { traceparent } = raw.headers
    const isTold = typeof traceparent === 'string' && forwarding.isTrusted(raw.socket.remoteAddress)
    const span = route.startsWith('/api/')
      ? startSpan(`${method} ${route}`, {
          kind: 'server',
          ...(isTold && { parent: traceparent }),
          attributes: { 'http.request.method': method, 'http.route': route, 'obb.request': id },
        })
      : undefined
    if (span === undefined) return next()
    reply.raw.once('close', () => {
      const { statusCode } = reply.raw
      span.set({ 'http.response.status_code': statusCode })
      if (statusCode >= 500) span.fail(`HTTP ${statusCode}`)
      span.end()
    })
    withinSpan(span, next)
  })
}
