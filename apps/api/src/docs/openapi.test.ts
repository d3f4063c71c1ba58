import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { OpenAPIObject } from '@nestjs/swagger'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { Gateway } from '../testing/gateway.js'
import { documentText, gatewayDocument } from './gateway-document.js'

/** For who has no key, or none yet. */
const isOpen = (path: string): boolean =>
  path.startsWith('/health') || path.startsWith(`${EXTERNAL_API}/device/`)

const KEPT = new URL('../../../../docs/openapi.json', import.meta.url)

describe('the OpenAPI document', () => {
  let document: OpenAPIObject

  beforeAll(async () => {
    document = await gatewayDocument()
  })

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
        const operation = item[method]
        return operation ? [{ method, path, operation }] : []
      }),
    )

  it('is the one in docs/openapi.json (npm run openapi writes it)', () => {
    expect(readFileSync(KEPT, 'utf8')).toBe(documentText(document))
  })

  it('has every route of the gateway', () => {
    expect(
      operations()
        .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
        .sort(),
    ).toEqual(
      [
        `GET ${EXTERNAL_API}/account`,
        `GET ${EXTERNAL_API}/hosts`,
        `GET ${EXTERNAL_API}/hosts/grouped`,
        `POST ${EXTERNAL_API}/unrestrict`,
        `POST ${EXTERNAL_API}/unrestrict/batch`,
        `GET ${EXTERNAL_API}/links`,
        `GET ${EXTERNAL_API}/usage`,
        `GET ${EXTERNAL_API}/hosts/history`,
        `GET ${EXTERNAL_API}/events`,
        `GET ${EXTERNAL_API}/ledger`,
        `GET ${EXTERNAL_API}/link/{linkId}`,
        `DELETE ${EXTERNAL_API}/link/{linkId}`,
        `GET ${EXTERNAL_API}/links/{linkId}/shares`,
        `POST ${EXTERNAL_API}/links/{linkId}/shares`,
        `DELETE ${EXTERNAL_API}/links/{linkId}/shares/{shareId}`,
        `GET ${EXTERNAL_API}/explain`,
        `POST ${EXTERNAL_API}/check`,
        `POST ${EXTERNAL_API}/expand`,
        `POST ${EXTERNAL_API}/nzb`,
        `POST ${EXTERNAL_API}/device/code`,
        `POST ${EXTERNAL_API}/device/token`,
        `POST ${ADMIN_API}/users`,
        `GET ${ADMIN_API}/users`,
        `GET ${ADMIN_API}/users/links`,
        `GET ${ADMIN_API}/users/usage`,
        `GET ${ADMIN_API}/users/keys`,
        `POST ${ADMIN_API}/users/keys`,
        `PATCH ${ADMIN_API}/users/keys/{id}`,
        `POST ${ADMIN_API}/users/keys/{id}/rotate`,
        `DELETE ${ADMIN_API}/users/keys/{id}`,
        `GET ${ADMIN_API}/users/notifications`,
        `PATCH ${ADMIN_API}/users/notifications`,
        `POST ${ADMIN_API}/users/notifications/test`,
        `POST ${ADMIN_API}/mail/test`,
        `POST ${ADMIN_API}/users/suspend`,
        `POST ${ADMIN_API}/users/resume`,
        `POST ${ADMIN_API}/users/grant`,
        `POST ${ADMIN_API}/keys/rotate`,
        `POST ${ADMIN_API}/keys/set`,
        `GET ${ADMIN_API}/ledger`,
        `GET ${ADMIN_API}/ledger/check`,
        `POST ${ADMIN_API}/accounts`,
        `GET ${ADMIN_API}/accounts`,
        `GET ${ADMIN_API}/queue`,
        `GET ${ADMIN_API}/fetchers`,
        `GET ${ADMIN_API}/streams`,
        `POST ${ADMIN_API}/accounts/{id}/enable`,
        `POST ${ADMIN_API}/accounts/{id}/disable`,
        `POST ${ADMIN_API}/accounts/{id}/check`,
        `GET ${ADMIN_API}/host-words`,
        `GET ${ADMIN_API}/hosts`,
        `GET ${ADMIN_API}/hosts/{platform}`,
        `PATCH ${ADMIN_API}/hosts/{platform}`,
        `POST ${ADMIN_API}/hosts/{platform}/try`,
        `PATCH ${ADMIN_API}/users`,
        `POST ${ADMIN_API}/users/adjust`,
        `PATCH ${ADMIN_API}/accounts/{id}`,
        `PATCH ${ADMIN_API}/files/{id}`,
        `GET ${ADMIN_API}/blocks`,
        `POST ${ADMIN_API}/blocks`,
        `DELETE ${ADMIN_API}/blocks/{id}`,
        `DELETE ${ADMIN_API}/accounts/{id}`,
        `DELETE ${ADMIN_API}/files/{id}`,
        `DELETE ${ADMIN_API}/users`,
        `POST ${ADMIN_API}/secrets/reseal`,
        `GET ${ADMIN_API}/files`,
        `POST ${ADMIN_API}/files/sweeps`,
        `GET ${ADMIN_API}/files/sweeps/{id}`,
        `GET ${ADMIN_API}/status-page`,
        `PATCH ${ADMIN_API}/status-page`,
        `GET ${ADMIN_API}/store`,
        `POST ${ADMIN_API}/store/adopt`,
        `POST ${ADMIN_API}/store/test`,
        `GET ${ADMIN_API}/set-up`,
        `PATCH ${ADMIN_API}/set-up`,
        `GET ${ADMIN_API}/audit`,
        `GET ${ADMIN_API}/settings`,
        `GET ${ADMIN_API}/support`,
        `GET ${ADMIN_API}/doctor`,
        `GET ${ADMIN_API}/invitations`,
        `POST ${ADMIN_API}/invitations`,
        `DELETE ${ADMIN_API}/invitations/{id}`,
        `POST ${ADMIN_API}/users/reset`,
        `POST ${ADMIN_API}/users/sign-out`,
        'GET /health',
        'GET /health/ready',
      ].sort(),
    )
  })

  it('says of each what it answers, how it fails, what it takes and which key it needs', () => {
    const ids = new Set<string | undefined>()
    for (const { method, path, operation } of operations()) {
      const json = (of: unknown, type = 'application/json') =>
        (of as { content?: Record<string, { schema?: object }> })?.content?.[type]?.schema
      const { responses, requestBody, security, parameters = [] } = operation
      if (path.endsWith('/events'))
        expect(json(responses['200'], 'text/event-stream')).toEqual({ type: 'string' })
      else expect(json(responses['200'])).toMatchObject({ required: ['success', 'data'] })
      expect(responses['default']).toEqual({ $ref: '#/components/responses/Failure' })
      const external = path.startsWith(EXTERNAL_API)
      const schemes = security?.flatMap((each) => Object.keys(each)).sort() ?? []
      expect(schemes).toEqual(isOpen(path) ? [] : external ? ['X-Api-Key', 'bearer'] : ['bearer'])
      const bodiless =
        path.includes('{id}') || /\/(reseal|adopt|(?<!\/(?:mail|notifications)\/)test|try)$/.test(path)
      const takesBody = method === 'patch' || (method === 'post' && !bodiless)
      const type = path.endsWith('/nzb') ? 'application/x-nzb' : 'application/json'
      expect([path, json(requestBody, type) !== undefined]).toEqual([path, takesBody])
      const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const named = parameters.flatMap((each) => ('in' in each && each.in === 'path' ? [each.name] : []))
      expect(named).toEqual(variables)
      ids.add(operation.operationId)
    }
    expect(ids.size).toBe(operations().length)
    const { securitySchemes = {}, responses = {}, schemas = {} } = document.components ?? {}
    expect(Object.keys(securitySchemes).sort()).toEqual(['X-Api-Key', 'bearer'])
    expect(responses['Failure']).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
    })
    expect(schemas['Failure']).toMatchObject({ required: ['success', 'status', 'msg'] })
  })

  it('promises clients that answers may grow', () => {
    expect(JSON.stringify(operations().map(({ operation }) => operation.responses))).not.toContain(
      'additionalProperties":false',
    )
  })
})

describe('the public documentation', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await Gateway.start()
  })
  afterAll(() => gateway.close())

  it('openapi.json is served without a key, with this server, and without the admin API', async () => {
    const answer = await gateway.send('GET', `${EXTERNAL_API}/openapi.json`)
    expect(answer.code).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const { servers, paths, ...rest } = answer.body as OpenAPIObject
    const whole = JSON.parse(documentText(await gatewayDocument())) as OpenAPIObject
    expect(servers).toEqual([{ url: `http://127.0.0.1:${gateway.port}` }])
    const isAdmin = (path: string) => path.startsWith(ADMIN_API)
    expect(Object.keys(paths)).toEqual(Object.keys(whole.paths).filter((path) => !isAdmin(path)))
    expect({ ...whole, paths: {}, servers: [] }).toEqual({ ...rest, paths: {}, servers: [] })
  })

  it('that of the admin API is served to operators, on their port', async () => {
    const answer = await gateway.admin('GET', '/openapi.json')
    expect(answer.code).toBe(200)
    const { servers, paths } = answer.body as OpenAPIObject
    expect(servers).toEqual([{ url: `http://127.0.0.1:${gateway.adminPort}` }])
    expect(Object.keys(paths)).toContain(`${ADMIN_API}/users`)
    expect(Object.keys(paths).filter((path) => !path.startsWith(ADMIN_API))).toEqual([])
  })
})
