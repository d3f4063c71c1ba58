import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Refusal } from '@obb/contracts'
import {
  exposition,
  type Measurements,
  measure,
  MonitorServer,
  recordAnswer,
  recordRefusal,
  registry,
  servedBytes,
} from './index.js'

const READY = { checks: [{ name: 'queue', status: 'failing' } as const] }

beforeEach(() => registry.resetMetrics())

/** As it arrives from a worker. */
const sent = (measured: Measurements) => JSON.parse(JSON.stringify(measured)) as Measurements

/** The lines of one metric. */
const linesOf = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(name) || line.startsWith(`# TYPE ${name} `))

describe('what Prometheus is told', () => {
  it('has each worker of a process under its name, and each metric once', async () => {
    servedBytes.inc(5)
    const first = sent(await measure(READY))
    servedBytes.inc(2)
    const second = sent(await measure(READY))
    const text = await exposition(
      new Map<string, Measurements>([
        ['0', first],
        ['1', second],
      ]),
    )
    expect(linesOf(text, 'obb_served_bytes_total')).toEqual([
      '# TYPE obb_served_bytes_total counter',
      'obb_served_bytes_total{worker="0"} 5',
      'obb_served_bytes_total{worker="1"} 7',
    ])
    expect(linesOf(text, 'obb_check_ok')).toEqual([
      '# TYPE obb_check_ok gauge',
      'obb_check_ok{check="queue",worker="0"} 0',
      'obb_check_ok{check="queue",worker="1"} 0',
    ])
  })

  it('tells requests by route, HTTP code and number of the error table, and refusals by cause', async () => {
    const answer = { request: { routeOptions: { url: '/link/:id' } }, elapsedTime: 3 }
    recordAnswer({}, { ...answer, statusCode: 200 })
    const response = {}
    recordRefusal(response, new Refusal('traffic_insufficient'))
    recordAnswer(response, { ...answer, statusCode: 402 })
    recordAnswer({}, { ...answer, request: { routeOptions: {} }, statusCode: 404 })
    const text = await exposition(new Map([['0', await measure(READY)]]))
    expect(linesOf(text, 'obb_http_requests_total').slice(1)).toEqual([
      'obb_http_requests_total{route="/link/:id",code="200",status="0",worker="0"} 1',
      'obb_http_requests_total{route="/link/:id",code="402",status="52",worker="0"} 1',
      'obb_http_requests_total{route="none",code="404",status="0",worker="0"} 1',
    ])
    expect(linesOf(text, 'obb_refusals_total')).toContain(
      'obb_refusals_total{cause="traffic_insufficient",status="52",worker="0"} 1',
    )
    expect(text).toContain('obb_http_request_seconds_bucket{le="0.005",route="/link/:id",worker="0"} 2')
  })
})

describe('the port for who watches over a process', () => {
  let server: MonitorServer
  afterEach(() => server.close())

  it('answers what it has to GET and HEAD, refuses all else, and survives what fails', async () => {
    server = new MonitorServer({
      '/metrics': () => ({
        code: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4' },
        body: 'm 1\n',
      }),
      '/broken': () => Promise.reject(new Error('no')),
    })
    await server.listen(0, '127.0.0.1')
    const ask = (path: string, method = 'GET') =>
      fetch(`http://127.0.0.1:${server.address.port}${path}`, { method })
    const found = await ask('/metrics?x=1')
    expect([found.status, found.headers.get('content-type'), await found.text()]).toEqual([
      200,
      'text/plain; version=0.0.4',
      'm 1\n',
    ])
    expect((await ask('/metrics', 'HEAD')).status).toBe(200)
    expect((await ask('/metrics', 'POST')).status).toBe(405)
    expect((await ask('/toString')).status).toBe(404)
    expect((await ask('/broken')).status).toBe(503)
  })
})
