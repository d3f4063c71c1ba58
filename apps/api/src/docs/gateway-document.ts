import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { OpenAPIObject } from '@nestjs/swagger'
import { parseConfig } from '@obb/core/config'
import { AppModule } from '../app.module.js'
import { openApiDocument } from './document.js'

/** Settings that a gateway could start with; none of them is in the document. */
const SETTINGS = { DATABASE_URL: 'postgres://127.0.0.1/obb', SECRETS_KEY: '0'.repeat(64) }

/** The document without a running gateway: Nest's preview mode reads the routes and makes no provider. */
export async function gatewayDocument(): Promise<OpenAPIObject> {
  const module = AppModule.register({ config: parseConfig(SETTINGS) })
  const app = await NestFactory.create(module, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  })
  return openApiDocument(app)
}

/** documentText is the document as it is kept in docs/openapi.json. */
export function documentText(document: OpenAPIObject): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
