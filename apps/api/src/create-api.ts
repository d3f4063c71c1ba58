import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { EXTERNAL_API, MAX_BATCH_LINKS, MAX_CHECKED_URLS, MAX_URL_LENGTH, PORTAL_API } from '@obb/contracts'
import { recordAnswer } from '@obb/core/metrics'
import { Forwarding } from '@obb/core/origin'
import { type ApiOptions, AppModule } from './app.module.js'
import { Documentation } from './docs/documentation.js'
import { FailureFilter } from './failures/failure.filter.js'
import { KnownRoutes } from './failures/known-routes.js'
import { gatewayAdapter } from './http/server.js'
import { OPEN_ROUTES } from './sign-in/open-routes.js'

/** Largest body of a route that takes many URLs, bytes: each may be as long as any. */
const maxBody = (urls: number): number => urls * (MAX_URL_LENGTH + 16) + 1024
/** The same of one that anybody may send, who is not signed in: an e-mail, a password, a token. */
const OPEN_BODY = 4 * 1024
const BODY_LIMITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [EXTERNAL_API, PORTAL_API].flatMap((prefix) => [
      [`${prefix}/check`, maxBody(MAX_CHECKED_URLS)],
      [`${prefix}/unrestrict/batch`, maxBody(MAX_BATCH_LINKS)],
    ]),
  ),
  ...Object.fromEntries(OPEN_ROUTES.map((path) => [`${PORTAL_API}/${path}`, OPEN_BODY])),
  ...Object.fromEntries(['code', 'token'].map((path) => [`${EXTERNAL_API}/device/${path}`, OPEN_BODY])),
}

/** The gateway, ready to listen. */
export async function createApi(options: ApiOptions): Promise<NestFastifyApplication> {
  const adapter = gatewayAdapter(
    (reply, request, error) => void app.get(FailureFilter).write(reply, request, error),
    new Forwarding(options.config.TRUSTED_PROXIES),
  )
  const fastify = adapter.getInstance()
  fastify.addHook('onResponse', (_request, reply, done) => {
    recordAnswer(reply.raw, reply)
    done()
  })
  const routes: [string, string][] = []
  fastify.addHook('onRoute', (route) => {
    const { method, url } = route
    const bodyLimit = BODY_LIMITS[url]
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit
    for (const each of [method].flat()) routes.push([each, url])
  })
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(options), adapter, {
    logger: false,
    bodyParser: false, // Fastify's own takes JSON and nothing else
    abortOnError: false,
  })
  await app.init()
  app.get(Documentation).describe(app)
  const known = app.get(KnownRoutes)
  for (const [method, url] of routes) {
    if (method !== 'OPTIONS' && !url.includes('*')) known.add(method, url)
  }
  return app
}
