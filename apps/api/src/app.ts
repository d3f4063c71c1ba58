import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { EXTERNAL_API } from '@obb/contracts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type ApiOptions, AppModule } from './app.module.js'
import { FailureFilter } from './failures/failure.filter.js'
import { KnownRoutes } from './failures/known-routes.js'
import { openApiDocument } from './openapi/document.js'

/** Largest request body, bytes: a link and a password. */
const MAX_BODY = 64 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 75_000

/** The gateway, ready to listen. */
export async function createApi(options: ApiOptions): Promise<NestFastifyApplication> {
  let failures: FailureFilter | undefined
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      failures?.write(reply, request, error)
    },
  })
  const routes: [string, string][] = []
  adapter.getInstance().addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push([each, url])
  })
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(options), adapter, {
    logger: false,
    abortOnError: false,
  })
  failures = app.get(FailureFilter)
  await app.init()
  const document = openApiDocument(app)
  adapter.getInstance().get(`${EXTERNAL_API}/openapi.json`, (_request, reply) => reply.send(document))
  const known = app.get(KnownRoutes)
  for (const [method, url] of routes) if (method !== 'OPTIONS' && url !== '*') known.add(method, url)
  return app
}
