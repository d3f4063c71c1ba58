import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'

/** A sweep that takes longer than this hangs, ms. */
const HUNG_MS = 60_000

/** When the sweeps were last seen to go on. */
@Injectable()
export class Liveness {
  private seenAt = performance.now()

  note(): void {
    this.seenAt = performance.now()
  }

  isAlive(): boolean {
    return performance.now() - this.seenAt < HUNG_MS
  }
}

/**
 * `GET /health` of a worker, for what restarts containers that hang: 200, or 503 once its sweeps stand still. Nothing
 * listens without a FETCHER_PORT.
 */
@Injectable()
export class HealthServer implements OnApplicationShutdown {
  private server: Server | undefined

  constructor(
    private readonly liveness: Liveness,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FETCHER_PORT' | 'HOST'>,
  ) {}

  async listen(): Promise<void> {
    const { FETCHER_PORT: port, HOST: host } = this.config
    if (port === undefined) return
    this.server = createServer((request, response) => {
      const status = request.url !== '/health' ? 404 : this.liveness.isAlive() ? 200 : 503
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify({ success: status === 200 }))
    }).listen(port, host)
    await once(this.server, 'listening')
  }

  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port
  }

  onApplicationShutdown(): void {
    this.server?.closeAllConnections()
    this.server?.close()
  }
}
