import 'reflect-metadata'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Refusal } from '@obb/contracts'
import { recordAnswer } from '@obb/core/metrics'
import { isHostNamed, isPreflight } from '@obb/core/origin'
import { refuseSocket } from '@obb/core/process'
import { withFields } from '@obb/core/tracing'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AppModule } from './app.module.js'
import { ClientConnections } from './http/client-connections.js'
import { PREFLIGHT, addFieldsForPages } from './http/cross-origin.js'
import { HttpRefusal, toRefusal, writeFailure } from './http/failures.js'
import { isKnownPath } from './http/routes.js'

/*
 * Waits on clients, in ms. Receiving a request is bounded, against clients that trickle; sending an answer is
 * not: a paused download stays open as long as its client holds the connection.
 */
const HEAD_TIMEOUT = 20_000
const REQUEST_TIMEOUT = 30_000
const KEEP_ALIVE = 75_000
const TCP_PROBE = 60_000
/** Bytes of a request head. */
const MAX_HEAD = 16 * 1024

/** The proxy over `ports` (of PortsModule), ready to listen. Closing it drains: see Connections. */
export async function createProxy(ports: DynamicModule): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    http: {
      maxHeaderSize: MAX_HEAD,
      headersTimeout: HEAD_TIMEOUT,
      connectionsCheckingInterval: 5_000,
      keepAlive: true,
      keepAliveInitialDelay: TCP_PROBE,
      requireHostHeader: false, // refused below, with the envelope
    },
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE,
    connectionTimeout: 0,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_HEAD },
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack()
      writeFailure(reply.raw, toRefusal(error))
    },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket as Socket),
  })
  const fastify = adapter.getInstance()
  // Before any body is looked at: there is no request here that has one.
  fastify.addHook('onRequest', ({ params, raw }, reply, done) => {
    const refusal = refuseRequest(raw)
    const isForPage = refusal?.refusal === 'method_not_allowed' && isPreflight(raw)
    if (isForPage) void reply.code(204).headers(PREFLIGHT).send()
    else {
      const { linkId } = (params ?? {}) as { linkId?: string }
      withFields(linkId === undefined ? {} : { link: linkId.slice(0, 8) }, () => done(refusal))
    }
  })
  fastify.addHook('onResponse', (_request, reply, done) => {
    recordAnswer(reply.raw, reply)
    done()
  })
  const server = fastify.server
  addFieldsForPages(server)
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response) // an expectation may be ignored (RFC 9110 §10.1.1)
  })
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    refuseSocket(socket, methodRefusal(), { headers: ALLOW })
  })

  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(ports), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  })
  const connections = app.get(ClientConnections)
  const refused = new WeakSet<Socket>()
  return app.init()

  function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
    if (refused.has(socket)) return // the rest of the same rubbish
    // Amid an answer there is no room for another one.
    if (error.code === 'ECONNRESET' || !socket.writable || connections.isBusy(socket)) {
      socket.destroy()
      return
    }
    const code =
      error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
    refused.add(socket)
    refuseSocket(socket, new Refusal('request_invalid'), { code })
  }
}

function refuseRequest(request: IncomingMessage): Refusal | undefined {
  if (!isHostNamed(request)) return new Refusal('request_invalid')
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  return isKnownPath(request.url ?? '') ? methodRefusal() : new Refusal('route_unknown')
}

const ALLOW = { allow: 'GET, HEAD' }

function methodRefusal(): Refusal {
  return new HttpRefusal('method_not_allowed', { headers: ALLOW })
}
