import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  Optional,
} from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { LOG, type Log } from '@obb/core/log'
import { Fetchers } from '@obb/core/queue'
import { faultFields } from '@obb/core/readiness'
import { ownConnection } from '@obb/core/statements'
import { DataSource } from 'typeorm'
import { WORKER_ID } from '../worker.module.js'

const BEAT_MS = 3_000
/** A beat that takes longer has failed, and the next one comes, ms. */
const TIMEOUT_MS = 5_000

/**
 * Tells the gateways that this worker is there and how many slots it has, at its own pace and over a connection of its own: whatever sweeps and
 * fetches wait for, a worker that is alive is not taken for gone.
 */
@Injectable()
export class Presence implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly abort = new AbortController()
  private readonly connection: ReturnType<typeof ownConnection>
  private beating: Promise<void> = Promise.resolve()

  constructor(
    private readonly fetchers: Fetchers,
    database: DataSource,
    @Inject(WORKER_ID) private readonly worker: string,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FETCHER_CONCURRENCY'>,
    @Inject(LOG) private readonly log: Log,
    @Optional() private readonly beatMs: number = BEAT_MS,
  ) {
    this.connection = ownConnection(database, TIMEOUT_MS)
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.announce()
    this.beating = this.beat()
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.abort.abort()
    await this.beating
    await this.note('leaving', () => this.fetchers.leave(this.worker, this.connection))
    await this.connection.end()
  }

  private async beat(): Promise<void> {
    for (;;) {
      await sleep(this.beatMs, undefined, { signal: this.abort.signal }).catch(() => undefined)
      if (this.abort.signal.aborted) return
      await this.note('beat', () => this.announce())
    }
  }

  private announce(): Promise<void> {
    return this.fetchers.beat(this.worker, this.config.FETCHER_CONCURRENCY, this.connection)
  }

  private async note(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      this.log.warn(faultFields(error), `presence: ${what}`)
    })
  }
}
