import { afterEach, expect, it, jest } from '@jest/globals'
import { HealthServer, Liveness } from './health.js'

let server: HealthServer | undefined

afterEach(() => {
  server?.onApplicationShutdown()
  jest.restoreAllMocks()
})

it('tells that the worker is alive, and that it hangs once its sweeps stand still for a minute', async () => {
  const liveness = new Liveness()
  server = new HealthServer(liveness, { FETCHER_PORT: 0, HOST: '127.0.0.1' })
  await server.listen()
  const ask = (path: string) => fetch(`http://127.0.0.1:${server?.port}${path}`)
  expect((await ask('/health')).status).toBe(200)
  expect((await ask('/')).status).toBe(404)
  const later = performance.now() + 61_000
  jest.spyOn(performance, 'now').mockReturnValue(later)
  const hanging = await ask('/health')
  expect([hanging.status, await hanging.json()]).toEqual([503, { success: false }])
  liveness.note()
  expect((await ask('/health')).status).toBe(200)
})

it('listens only where a port is set', async () => {
  server = new HealthServer(new Liveness(), { HOST: '127.0.0.1' })
  await server.listen()
  expect(server.port).toBeUndefined()
})
