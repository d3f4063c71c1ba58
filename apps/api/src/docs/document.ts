import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'
import { PORTAL_API, failureSchema } from '@obb/contracts'
import { z } from 'zod'

const DESCRIPTION = [
  'Submit links of file hosts, poll until they are fetched, download them from our storage.',
  'Every failure has the same envelope with the HTTP code of the error table; a key can ask for failures with',
  'HTTP 200 instead (all but 401, 403 and 404). `msg` is constant per status and cause. `retry_in_seconds`',
  'is there only where a retry makes sense, and `Retry-After` carries the same number.',
].join(' ')

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The OpenAPI document of the gateway, made from the routes and the schemas they validate with. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('OBB gateway')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key (`obb_…`) or admin token' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, 'X-Api-Key')
    .build()
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  })
  // What pages of the portal ask is a matter between them and this server, and no promise to anybody else.
  for (const path of Object.keys(document.paths))
    if (path.startsWith(`${PORTAL_API}/`)) delete document.paths[path]
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method]
      if (!operation) continue
      const { operationId = '' } = operation
      operation.operationId = operationId.replace(/\[\d\]$/, '') // which of a controller's prefixes
      operation.responses['default'] = { $ref: '#/components/responses/Failure' }
    }
  }
  const failure = z.toJSONSchema(failureSchema, { target: 'openapi-3.0' })
  document.components = {
    ...document.components,
    responses: {
      Failure: {
        description: 'Failure, by the error table',
        headers: {
          'Retry-After': { description: 'The same as retry_in_seconds', schema: { type: 'integer' } },
        },
        content: { 'application/json': { schema: failure as object } },
      },
    },
  }
  return open(document)
}

/**
 * Answers may have more fields one day, and the bound of a safe integer says nothing: neither belongs into a
 * promise to clients. The schemas of the admin API's requests stay strict.
 */
function open(document: OpenAPIObject): OpenAPIObject {
  const text = JSON.stringify(document, function (this: object, key: string, value: unknown) {
    if (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) return undefined
    if (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) return undefined
    if (key !== 'responses' || typeof value !== 'object') return value
    return JSON.parse(
      JSON.stringify(value, (inner, each: unknown) =>
        inner === 'additionalProperties' && each === false ? undefined : each,
      ),
    ) as unknown
  })
  return JSON.parse(text) as OpenAPIObject
}
