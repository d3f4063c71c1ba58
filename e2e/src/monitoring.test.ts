import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ROLE_SETTINGS, createTestDatabase } from '@obb/core/testing'
import type { ScratchDatabase } from '@obb/testing/postgres'
import { prometheusAvailable, startPrometheus, type TestPrometheus } from '@obb/testing/prometheus'
import { build, startApp, type App, type AppProcess } from './processes.js'

const APPS: readonly App[] = ['api', 'proxy', 'fetcher']
const LISTENERS: Readonly<Record<App, string>> = {
  api: 'api_monitor',
  proxy: 'proxy_monitor',
  fetcher: 'fetcher',
}

const withPrometheus = prometheusAvailable() ? describe : describe.skip
if (!prometheusAvailable()) {
  process.stderr.write(
    'SKIPPED: no prometheus on the PATH, so none scrapes the processes (apt-get install prometheus)\n',
  )
}

withPrometheus('a Prometheus (Debian has it)', () => {
  let database: ScratchDatabase
  let home: string
  let apps: Map<App, AppProcess>
  let prometheus: TestPrometheus

  beforeAll(async () => {
    await build()
    database = await createTestDatabase()
    home = await mkdtemp(join(tmpdir(), 'obb-monitoring-'))
    const env = {
      ...{ OBB_HOME: home, DATABASE_URL: database.url, ...ROLE_SETTINGS, SECRETS_KEY: 'ab'.repeat(32) },
      ...{ API_PORT: '0', PROXY_PORT: '0', API_WORKERS: '2', PROXY_WORKERS: '2', LOG_LEVEL: 'silent' },
      ...{ API_MONITOR_PORT: '0', PROXY_MONITOR_PORT: '0', FETCHER_PORT: '0' },
    }
    const started = await Promise.all(APPS.map(async (app) => [app, await startApp(app, { env })] as const))
    apps = new Map(started)
    const targets = started.map(([app, { urls }]) => [app, new URL(urls[LISTENERS[app]] ?? '').host])
    prometheus = await startPrometheus(Object.fromEntries(targets) as Record<string, string>)
  }, 300_000)
  afterAll(async () => {
    await prometheus?.stop()
    for (const app of apps?.values() ?? []) await app.kill()
    await database?.drop()
    await rm(home, { recursive: true, force: true })
  })

  /** The results, once there are so many. */
  async function results(expression: string, count: number) {
    for (;;) {
      const found = await prometheus.query(expression)
      if (found.length >= count) return found
      await sleep(100)
    }
  }
  const appsIn = (found: { metric: Record<string, string> }[]) =>
    found.map(({ metric }) => metric['app']).sort()

  it('scrapes every process, each worker by itself', async () => {
    expect(appsIn(await results('up == 1', 3))).toEqual(['api', 'fetcher', 'proxy'])
    expect(appsIn(await results('process_resident_memory_bytes > 1e6', 5))).toEqual([
      ...['api', 'api', 'fetcher', 'proxy', 'proxy'],
    ])
    expect(appsIn(await results('nodejs_eventloop_lag_p99_seconds', 5))).toHaveLength(5)
  })

  it('learns how each process stands, and what the database knows', async () => {
    expect(
      appsIn(await results('min by (app) (obb_check_ok{check=~"database|migrations|clock"}) == 1', 3)),
    ).toEqual(['api', 'fetcher', 'proxy'])
    const [alive] = await results('max(obb_fetchers_alive) == 1', 1)
    expect(alive?.value).toBe(1)
    expect(await results('obb_store_used_bytes', 2)).toHaveLength(2)
  })

  it('counts requests by route and status number, whichever worker answered', async () => {
    const url = apps.get('api')?.url ?? ''
    const statuses = await Promise.all(
      Array.from({ length: 6 }, async () => (await fetch(`${url}/api/external/v1/account`)).status),
    )
    expect(new Set(statuses)).toEqual(new Set([401]))
    const [found] = await results('sum(obb_http_requests_total{app="api", code="401", status="1"}) == 6', 1)
    expect(found?.value).toBe(6)
    expect(await results('sum by (cause) (obb_refusals_total{cause="key_invalid"}) == 6', 1)).toHaveLength(1)
  })
})
