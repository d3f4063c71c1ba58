import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failureAnswer, Refusal } from '@obb/contracts'

export interface MonitorAnswer {
  code: number
  headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON. */
  body: object | string
}

/** What is answered to a GET, by its path. */
export type MonitorRoutes = Readonly<Record<string, () => MonitorAnswer | Promise<MonitorAnswer>>>

/**
 * A small HTTP server for who watches over a process: apart from what it serves, so that it answers whatever happens
 * there.
 */
export class MonitorServer {
  private readonly server: Server

  constructor(private readonly routes: MonitorRoutes) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ code, headers, body }) => {
        const type = typeof body === 'string' ? 'text/plain' : 'application/json'
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        response
          .writeHead(code, {
            'content-type': `${type}; charset=utf-8`,
            'cache-control': 'no-store',
            ...headers,
          })
          .end(request.method === 'HEAD' ? undefined : text)
      })
    })
  }

  async listen(port: number, host: string): Promise<void> {
    this.server.listen(port, host)
    await once(this.server, 'listening')
  }

  /** Once it listens. */
  get address(): AddressInfo {
    return this.server.address() as AddressInfo
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private async answer({ method, url = '' }: IncomingMessage): Promise<MonitorAnswer> {
    const [path = ''] = url.split('?', 1)
    const route = Object.hasOwn(this.routes, path) ? this.routes[path] : undefined
    if (route === undefined) return failureAnswer(new Refusal('route_unknown'))
    if (method !== 'GET' && method !== 'HEAD') return failureAnswer(new Refusal('method_not_allowed'))
    try {
      return await route()
    } catch {
      return failureAnswer(new Refusal('service_unavailable'))
    }
  }
}
