import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { ADMIN_TOKEN, Gateway } from '../testing/gateway.js'

const ORIGIN = { origin: 'https://page.example' }
const PREFLIGHT = {
  ...ORIGIN,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type,x-api-key',
}
const FOR_PAGES = /^access-control-/

const fieldsOf = (headers: Headers): string[] => [...headers.keys()].filter((name) => FOR_PAGES.test(name))

let gateway: Gateway
let key: string

beforeAll(async () => {
  gateway = await Gateway.start()
  key = (await gateway.user()).apiKey
})
afterAll(() => gateway.close())

describe('a page of any origin', () => {
  it.each([
    ['GET', '/account', 200],
    ['GET', '/hosts', 200],
    ['GET', '/openapi.json', 200],
    ['GET', '/nothing', 404],
    ['GET', '/%zz', 400],
    ['PUT', '/account', 405],
    ['POST', '/unrestrict', 400],
  ])('may read the answer to %s %s: %i', async (method, path, code) => {
    const body = method === 'GET' ? undefined : { url: 'https://unknown.example/x' }
    const headers = { ...ORIGIN, authorization: `Bearer ${key}` }
    const answer = await gateway.send(method, EXTERNAL_API + path, headers, body)
    expect(answer.code).toBe(code)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After')
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('may read why its key is wrong', async () => {
    const answer = await gateway.send('GET', `${EXTERNAL_API}/account`, ORIGIN)
    expect([answer.code, answer.headers.get('access-control-allow-origin')]).toEqual([401, '*'])
  })

  it('has its preflight answered without a key, a look at the database or a line in the log', async () => {
    gateway.takeLog()
    await gateway.database.query('ALTER TABLE api_key RENAME TO mislaid')
    const { code, headers, body } = await gateway
      .send('OPTIONS', `${EXTERNAL_API}/unrestrict`, PREFLIGHT)
      .finally(() => gateway.database.query('ALTER TABLE mislaid RENAME TO api_key'))
    expect([code, body, gateway.takeLog()]).toEqual([204, null, []])
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-methods')?.split(', ')).toEqual([
      'GET',
      'HEAD',
      'POST',
      'DELETE',
    ])
    for (const field of ['authorization', 'content-type', 'x-api-key']) {
      expect(headers.get('access-control-allow-headers')?.toLowerCase().split(', ')).toContain(field)
    }
  })

  it('gets nothing of the admin API, on either port', async () => {
    const headers = { ...ORIGIN, authorization: `Bearer ${ADMIN_TOKEN}` }
    for (const port of [gateway.port, gateway.adminPort]) {
      for (const path of [`${ADMIN_API}/users`, `${ADMIN_API}/hosts`]) {
        const preflight = await gateway.send('OPTIONS', path, PREFLIGHT, undefined, port)
        expect([preflight.code >= 400, fieldsOf(preflight.headers)]).toEqual([true, []])
        const answer = await gateway.send('GET', path, headers, undefined, port)
        expect(fieldsOf(answer.headers)).toEqual([])
      }
    }
    const external = await gateway.send(
      'GET',
      `${EXTERNAL_API}/account`,
      ORIGIN,
      undefined,
      gateway.adminPort,
    )
    expect([external.code, fieldsOf(external.headers)]).toEqual([404, []])
  })

  it('gets nothing of what is for people', async () => {
    for (const path of ['/health/ready', '/nothing'])
      expect([path, fieldsOf((await gateway.send('GET', path, ORIGIN)).headers)]).toEqual([path, []])
  })

  it('sees that the gateway is there, so that a page can try an address; the admin port tells none', async () => {
    const { headers, body } = await gateway.send('GET', '/health', ORIGIN)
    expect([headers.get('access-control-allow-origin'), body.data]).toEqual(['*', { status: 'ok' }])
    const admin = await gateway.send('GET', '/health', ORIGIN, undefined, gateway.adminPort)
    expect(fieldsOf(admin.headers)).toEqual([])
  })
})
