import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { type ApiOptions, AppModule } from './app.module.js'
import { FailureFilter } from './failures/failure.filter.js'
import { KnownRoutes } from './failures/known-routes.js'
import { gatewayAdapter } from './http/server.js'
import { openApiDocument } from './openapi/document.js'
import { publishDocument } from './openapi/publish.js'

/** The gateway, ready to listen. */
export async function createApi(options: ApiOptions): Promise<NestFastifyApplication> {
  const adapter = gatewayAdapter((reply, request, error) => {
    void app.get(FailureFilter).write(reply, request, error)
  })
  const fastify = adapter.getInstance()
  const routes: [string, string][] = []
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push([each, url])
  })
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(options), adapter, {
    logger: false,
    bodyParser: false, // Fastify's own takes JSON and nothing else
    abortOnError: false,
  })
  await app.init()
  publishDocument(fastify, openApiDocument(app))
  const known = app.get(KnownRoutes)
  for (const [method, url] of routes) if (method !== 'OPTIONS' && url !== '*') known.add(method, url)
  return app
}
