import { afterEach, expect, it, jest } from '@jest/globals'
import { Readiness } from '@obb/core/readiness'
import { HealthServer, Liveness, sweepsProbe } from './health.js'

const HERE = { FETCHER_PORT: 0, MONITOR_HOST: '127.0.0.1' }

let server: HealthServer | undefined

afterEach(() => {
  server?.onApplicationShutdown()
  jest.restoreAllMocks()
})

const serve = async (liveness: Liveness, config: { MONITOR_HOST: string } = HERE) => {
  server = new HealthServer(liveness, new Readiness([sweepsProbe(liveness)]), config)
  await server.listen()
  const { url } = server
  return (path: string, method = 'GET') => fetch(`${url}${path}`, { method })
}

it('tells that the worker is alive, and that it hangs once its sweeps stand still for a minute', async () => {
  const liveness = new Liveness()
  const ask = await serve(liveness)
  expect((await ask('/health')).status).toBe(200)
  expect((await ask('/')).status).toBe(404)
  expect((await ask('/health', 'POST')).status).toBe(405)
  const later = performance.now() + 61_000
  jest.spyOn(performance, 'now').mockReturnValue(later)
  const hanging = await ask('/health')
  expect([hanging.status, await hanging.json()]).toMatchObject([503, { success: false, status: 105 }])
  liveness.note()
  expect((await ask('/health')).status).toBe(200)
})

it('tells what is failing, and what to do', async () => {
  const liveness = new Liveness()
  const ask = await serve(liveness)
  expect((await ask('/health/ready')).status).toBe(200)
  const later = performance.now() + 61_000
  jest.spyOn(performance, 'now').mockReturnValue(later)
  const answer = await ask('/health/ready')
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { data: { ready: false, checks: [{ name: 'sweeps', status: 'failing', action: expect.any(String) }] } },
  ])
})

it('listens only where a port is set', async () => {
  await serve(new Liveness(), { MONITOR_HOST: '127.0.0.1' })
  expect(server?.url).toBeUndefined()
})
