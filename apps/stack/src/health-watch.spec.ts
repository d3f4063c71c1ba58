import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Check } from '@obb/contracts'
import { HealthWatch, type Watched } from './health-watch.js'

/** A process of the stack, as far as its health goes. */
class Process implements Watched {
  readonly pid = 1
  checks: Check[] = []
  hangs = false
  kills = 0
  url: string | undefined
  private readonly server: Server

  constructor(readonly app: Watched['app']) {
    this.server = createServer((_request, response) => {
      if (this.hangs) return
      const ready = this.checks.every(({ status }) => status === 'ok')
      response.writeHead(ready ? 200 : 503)
      response.end(JSON.stringify({ success: ready, data: { ready, checks: this.checks } }))
    })
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  killHung(): void {
    this.kills++
  }

  close(): void {
    this.server.closeAllConnections()
    this.server.close()
  }
}

let processes: Process[]
let lines: string[]
let watch: HealthWatch

beforeEach(async () => {
  processes = [new Process('api'), new Process('fetcher')]
  await Promise.all(processes.map((each) => each.listen()))
  lines = []
  watch = new HealthWatch(processes, (line) => lines.push(line))
})
afterEach(async () => {
  await watch.stop()
  for (const each of processes) each.close()
})

const away: Check = { name: 'queue', status: 'failing', detail: 'ECONNREFUSED', action: 'Check Redis.' }

it('says once what fails, however many processes and looks tell of it, and when it is over', async () => {
  for (const each of processes) each.checks = [away]
  await watch.look()
  await watch.look()
  expect(lines).toEqual(['Warning: queue: ECONNREFUSED. Check Redis.'])
  for (const each of processes) each.checks = [{ name: 'queue', status: 'ok' }]
  await watch.look()
  await watch.look()
  expect(lines.slice(1)).toEqual(['queue: all right again'])
})

it('says nothing new of a trouble whose numbers change, and of another kind of it does', async () => {
  const store = (detail: string): Check => ({
    name: 'store',
    status: 'failing',
    detail,
    action: 'Make room.',
  })
  for (const detail of ['full, 3.0 MB free', 'full, 2.0 MB free', 'away']) {
    for (const each of processes) each.checks = [store(detail)]
    await watch.look()
  }
  expect(lines.map((line) => line.slice(0, 20))).toEqual(['Warning: store: full', 'Warning: store: away'])
})

it('takes nothing for over that a process which answers no more told of', async () => {
  const [api, fetcher] = processes as [Process, Process]
  fetcher.checks = [away]
  await watch.look()
  fetcher.close()
  api.checks = [{ name: 'store', status: 'ok' }]
  await watch.look()
  expect(lines).toEqual(['Warning: queue: ECONNREFUSED. Check Redis.'])
})

it('ends a process that answers nothing any more, and none that is slow once', async () => {
  const [, fetcher] = processes as [Process, Process]
  fetcher.hangs = true
  const impatient = new HealthWatch([fetcher], (line) => lines.push(line), 20)
  for (let look = 0; look < 3; look++) await impatient.look()
  expect(fetcher.kills).toBe(0)
  await impatient.look()
  expect(fetcher.kills).toBe(1)
})

it('waits for a process that is being started again', async () => {
  for (const each of processes) each.close()
  for (let look = 0; look < 6; look++) await watch.look()
  expect(processes.map(({ kills }) => kills)).toEqual([0, 0])
  expect(await watch.health()).toEqual([
    { app: 'api', pid: 1, readiness: null },
    { app: 'fetcher', pid: 1, readiness: null },
  ])
})
