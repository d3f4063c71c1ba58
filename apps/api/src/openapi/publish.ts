import { EXTERNAL_API } from '@obb/contracts'
import type { OpenAPIObject } from '@nestjs/swagger'
import type { FastifyInstance } from 'fastify'
import { PAGE_POLICY } from '../pages/page.js'
import { documentationPage } from './page.js'

/** The document and a page made of it, for everybody: only the calls need a key. */
export function publishDocument(fastify: Pick<FastifyInstance, 'get'>, document: OpenAPIObject): void {
  const html = documentationPage(document)
  fastify.get(`${EXTERNAL_API}/openapi.json`, (_request, reply) => reply.send(document))
  fastify.get(`${EXTERNAL_API}/docs`, (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(html),
  )
}
