import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { Installation } from './installation.js'
import { build, startApp, type App, type AppProcess } from './processes.js'

const SIZE = 3 * 2 ** 20
const APPS: readonly App[] = ['api', 'fetcher', 'proxy']

interface SpanTold {
  app: string
  name: string
  traceId: string
  spanId: string
  parentSpanId: string
  attributes: Record<string, unknown>
}

/** A collector of OTLP over HTTP, and what it was sent. */
class Collector {
  readonly spans: SpanTold[] = []
  readonly authorizations = new Set<string | undefined>()
  readonly bodies: string[] = []
  private readonly server: Server

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.authorizations.add(request.headers.authorization)
        const isTraces = request.method === 'POST' && request.url === '/v1/traces'
        if (isTraces) this.take(Buffer.concat(chunks).toString())
        response.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
      })
    })
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private take(body: string): void {
    this.bodies.push(body)
    const { resourceSpans } = JSON.parse(body) as { resourceSpans: ResourceSpans[] }
    for (const { resource, scopeSpans } of resourceSpans) {
      const app = String(valuesOf(resource.attributes)['service.name'])
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const { attributes, name, parentSpanId = '', spanId, traceId } = span
        this.spans.push({ app, name, traceId, spanId, parentSpanId, attributes: valuesOf(attributes) })
      }
    }
  }
}

interface KeyValue {
  key: string
  value: Record<string, unknown>
}
interface ResourceSpans {
  resource: { attributes: KeyValue[] }
  scopeSpans: {
    spans: { name: string; traceId: string; spanId: string; parentSpanId?: string; attributes: KeyValue[] }[]
  }[]
}

function valuesOf(attributes: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

describe('a collector of OpenTelemetry', () => {
  const collector = new Collector()
  let obb: Installation
  let host: FakeHost
  let apps: Map<App, AppProcess>
  let key: string

  beforeAll(async () => {
    await build()
    obb = await Installation.start('embedded')
    const env = {
      ...obb.env,
      ...{ API_PORT: '0', PROXY_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start() },
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20secret-of-collector',
    }
    apps = new Map(await Promise.all(APPS.map(async (app) => [app, await startApp(app, { env })] as const)))
    host = await obb.addHost('RapidGator')
    const user = await obb.admin('POST', '/users', { email: 'a@example.test', traffic: 10 * SIZE })
    key = user.apiKey
  }, 300_000)
  afterAll(async () => {
    for (const app of apps?.values() ?? []) await app.kill()
    await obb?.close()
    collector.close()
  })

  async function call(method: string, path: string, body?: object) {
    const response = await fetch(`${apps.get('api')?.url}/api/external/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const { data } = (await response.json()) as { data: Record<string, unknown> }
    return { data, request: response.headers.get('x-request-id') ?? '' }
  }

  it('is told one trace of a link, over three processes, and no secrets', async () => {
    const url = host.addFile({ name: 'traced.bin', content: patternContent(SIZE, 3) })
    const { data, request } = await call('POST', '/unrestrict', { url })
    const linkId = String(data['linkId'])
    const link = linkId.slice(0, 8)
    while ((await call('GET', `/link/${linkId}`)).data['download_ready'] !== true) await sleep(50)
    const download = await fetch(`${apps.get('proxy')?.url}/download/${linkId}/traced.bin`)
    expect((await download.arrayBuffer()).byteLength).toBe(SIZE)

    const spansOfLink = (): SpanTold[] => {
      const asked = collector.spans.find(({ attributes }) => attributes['obb.request'] === request)
      return collector.spans.filter(({ traceId }) => traceId === asked?.traceId)
    }
    const namesOf = (app: string) =>
      spansOfLink()
        .filter((span) => span.app === `obb-${app}`)
        .map(({ name }) => name)
    while (!namesOf('proxy').includes('download') || !namesOf('fetcher').includes('fetch')) await sleep(50)

    expect(namesOf('api')).toEqual(
      expect.arrayContaining(['POST /api/external/v1/unrestrict', 'wait for host call', 'admission']),
    )
    expect(namesOf('fetcher')).toEqual(
      expect.arrayContaining([
        ...['host call', 'fetch', 'fetch attempt', 'transfer', 'complete upload', 'record stored file'],
      ]),
    )
    const spans = spansOfLink()
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === '')
    expect(roots.map(({ name }) => name)).toEqual(['POST /api/external/v1/unrestrict'])
    const ids = new Set(spans.map(({ spanId }) => spanId))
    for (const { parentSpanId } of spans) expect(parentSpanId === '' || ids.has(parentSpanId)).toBe(true)
    for (const name of ['POST /api/external/v1/unrestrict', 'fetch', 'download']) {
      expect(spans.find((span) => span.name === name)?.attributes['obb.link']).toBe(link)
    }
    expect([...collector.authorizations]).toEqual(['Basic secret-of-collector'])
    const told = collector.bodies.join('')
    for (const secret of [
      ...obb.secrets,
      key,
      linkId,
      'secret-of-collector',
      ...Object.values(host.credentials),
    ]) {
      expect(told).not.toContain(secret)
    }
  }, 120_000)
})
