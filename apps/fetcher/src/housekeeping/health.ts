import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { failureAnswer, Refusal, success } from '@obb/contracts'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import {
  EXPOSITION_TYPE,
  exposition,
  measure,
  type MonitorAnswer,
  MonitorServer,
  watchProcess,
} from '@obb/core/metrics'
import { listenAddress, urlOf } from '@obb/core/process'
import { CheckFailure, type Probe, Readiness } from '@obb/core/readiness'

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

export const sweepsProbe = (liveness: Liveness): Probe => ({
  name: 'sweeps',
  action: 'Restart this fetcher; its files go on elsewhere.',
  async look() {
    if (!liveness.isAlive()) throw new CheckFailure(`stood still for over ${HUNG_MS / 1000} s`)
    return undefined
  },
})

/**
 * What a worker tells who watches over it: `GET /health` is 200, or 503 once its sweeps stand still; `GET
 * /health/ready` has a check for each thing that it needs; `GET /metrics` is for Prometheus. Nothing listens without
 * a FETCHER_PORT.
 */
@Injectable()
export class HealthServer implements OnApplicationShutdown {
  private server: MonitorServer | undefined

  constructor(
    private readonly liveness: Liveness,
    private readonly readiness: Readiness,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FETCHER_PORT' | 'MONITOR_HOST'>,
  ) {}

  async listen(): Promise<void> {
    const { FETCHER_PORT: port, MONITOR_HOST: host } = this.config
    if (port === undefined) return
    watchProcess()
    this.server = new MonitorServer({
      '/health': () => this.health(),
      '/health/ready': () => this.readiness.answer(),
      '/metrics': () => this.metrics(),
    })
    await this.server.listen(port, await listenAddress(host))
  }

  /** Where it is reached, if it listens. */
  get url(): string | undefined {
    return this.server && urlOf(this.server.address)
  }

  onApplicationShutdown(): void {
    this.server?.close()
  }

  private health(): MonitorAnswer {
    if (!this.liveness.isAlive()) return failureAnswer(new Refusal('service_unavailable'))
    return { code: 200, body: success({ status: 'ok' }) }
  }

  private async metrics(): Promise<MonitorAnswer> {
    const measured = await measure(await this.readiness.view())
    const body = await exposition(new Map([['0', measured]]))
    return { code: 200, headers: { 'content-type': EXPOSITION_TYPE }, body }
  }
}
