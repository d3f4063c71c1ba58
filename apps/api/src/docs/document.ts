import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'
import { PORTAL_API, REFUSALS, failureSchema } from '@obb/contracts'
import { z } from 'zod'
import { callFailures } from './call-failures.js'
import { type Operation, callsOf, contentOf } from './document-types.js'
import { EXAMPLES } from './examples.js'

const DESCRIPTION = [
  'Submit links of file hosts, poll until they are fetched, download them from our storage.',
  'Every failure has the same envelope with the HTTP code of the error table; a key can ask for failures with',
  'HTTP 200 instead (all but 401, 403 and 404). `msg` and `action` are constant per status and cause.',
  '`retry_in_seconds` is there only where a retry makes sense, and `Retry-After` carries the same number.',
].join(' ')

/** Parts of paths mean the same wherever they stand. */
const IN_PATHS: Readonly<Record<string, string>> = {
  linkId: 'Id of the link, as `/unrestrict` gave it',
  shareId: 'Id of the share, as it was given when it was made',
  id: 'Id, as its list or its creation tells it',
  platform: 'Id of the platform, whatever the case',
}

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>

const FAILURE = { $ref: '#/components/schemas/Failure' }
const RETRY_AFTER = {
  'Retry-After': { description: 'The same as retry_in_seconds', schema: { type: 'integer' } },
}

/** The OpenAPI document of the gateway, made from the routes and the schemas they validate with. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('OBB gateway')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .addServer('/', 'The gateway that serves this document')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key (`obb_…`) or admin token' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, 'X-Api-Key')
    .build()
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  })
  // What pages of the portal ask is a matter between them and this server, and no promise to anybody else.
  for (const path of Object.keys(document.paths))
    if (path.startsWith(`${PORTAL_API}/`)) delete document.paths[path]
  for (const { operation } of callsOf(document)) complete(operation)
  const failure = z.toJSONSchema(failureSchema, { target: 'openapi-3.0' })
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Failure: failure as object },
    responses: failureResponses(),
  }
  return open(document)
}

/** Failures in general, and those of each HTTP code with all that it may stand for. */
function failureResponses(): Responses {
  const codes = [...new Set(Object.values(REFUSALS).map(({ http }) => http))].sort()
  const rest = { headers: RETRY_AFTER, content: { 'application/json': { schema: FAILURE } } }
  const ofCode = codes.map((code) => {
    const rows = Object.values(REFUSALS).filter(({ http }) => http === code)
    const lines = rows.map(({ status, msg, action }) => `${status}: ${msg} ${action}`)
    return [`Failure${code}`, { description: lines.join('\n\n'), ...rest }] as const
  })
  return { Failure: { description: 'Failure, by the error table', ...rest }, ...Object.fromEntries(ofCode) }
}

/** Says of an operation what Nest does not know: its failures, what its path means, an example. */
function complete(operation: Operation): void {
  operation.operationId = operation.operationId.replace(/\[\d\]$/, '') // which of a controller's prefixes
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === 'path') parameter.description = IN_PATHS[parameter.name] ?? ''
  }
  const causes = callFailures(operation)
  operation['x-failures'] = causes
  for (const cause of causes) {
    const { http } = REFUSALS[cause]
    operation.responses[http] ??= { $ref: `#/components/responses/Failure${http}` }
  }
  operation.responses['default'] = { $ref: '#/components/responses/Failure' }
  const example = EXAMPLES[operation.operationId]
  const answer = operation.responses['200']?.content?.['application/json']
  if (answer && example) answer.example = { success: true, data: example.data }
  const stream = operation.responses['200']?.content?.['text/event-stream']
  if (stream && example) stream.example = example.text
  const request = contentOf(operation.requestBody)
  const body = operation.requestBody?.content?.[request?.type ?? '']
  if (body && example?.body !== undefined) body.example = example.body
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

/** The part of a document whose paths begin with one of these, for clients that find it at `server`. */
export function documentPart(
  document: OpenAPIObject,
  under: readonly string[],
  server: string,
): OpenAPIObject {
  const paths = Object.entries(document.paths).filter(([path]) =>
    under.some((prefix) => path.startsWith(prefix)),
  )
  return { ...document, servers: [{ url: server }], paths: Object.fromEntries(paths) }
}
