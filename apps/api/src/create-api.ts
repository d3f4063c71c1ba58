import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { EXTERNAL_API, MAX_CHECKED_URLS, MAX_URL_LENGTH } from '@obb/contracts'
import { type ApiOptions, AppModule } from './app.module.js'
import { Documentation } from './docs/documentation.js'
import { FailureFilter } from './failures/failure.filter.js'
import { KnownRoutes } from './failures/known-routes.js'
import { gatewayAdapter } from './http/server.js'

/** Largest body of a check, bytes: as many URLs as it takes, each as long as it may be. */
const MAX_CHECK_BODY = MAX_CHECKED_URLS * (MAX_URL_LENGTH + 16) + 1024

/** The gateway, ready to listen. */
export async function createApi(options: ApiOptions): Promise<NestFastifyApplication> {
  const adapter = gatewayAdapter((reply, request, error) => {
    void app.get(FailureFilter).write(reply, request, error)
  })
  const fastify = adapter.getInstance()
  const routes: [string, string][] = []
  fastify.addHook('onRoute', (route) => {
    const { method, url } = route
    if (url === `${EXTERNAL_API}/check`) route.bodyLimit = MAX_CHECK_BODY
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
  for (const [method, url] of routes) if (method !== 'OPTIONS' && url !== '*') known.add(method, url)
  return app
}
