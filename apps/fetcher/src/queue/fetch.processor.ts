import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import {
  type BeforeApplicationShutdown,
  Inject,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { LOG, type Log } from '@obb/core/log'
import { FETCH_QUEUE, FetchQueue, WORKER_OPTIONS, takeWakeUp } from '@obb/core/queue'
import { actionFields } from '@obb/core/readiness'
import { type RequestContext, resume } from '@obb/core/tracing'
import type { Job } from 'bullmq'
import { FetchWorker } from '../fetch/fetch-worker.js'

/** Jobs of the fetch queue, each of which is a slot in use. One that finds nothing to do is normal: the rows decide. */
@Processor(FETCH_QUEUE, WORKER_OPTIONS)
export class FetchProcessor
  extends WorkerHost
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private stopped: Promise<void> = Promise.resolve()

  constructor(
    private readonly fetchWorker: FetchWorker,
    private readonly queue: FetchQueue,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FETCHER_CONCURRENCY'>,
    @Inject(LOG) private readonly log: Log,
  ) {
    super()
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.config.FETCHER_CONCURRENCY
  }

  override process(job: Job<RequestContext>): Promise<void> {
    return resume(job.data, {}, () => this.fetch(job))
  }

  private async fetch(job: Job): Promise<void> {
    try {
      await takeWakeUp(job)
      await this.fetchWorker.run()
    } catch (error) {
      // The row's lease runs out and the sweep tries again; failing the job would help nobody.
      this.log.error({ job: job.id, err: error, ...actionFields(error) }, 'fetch job')
    }
  }

  /** Fetches and whatever else stops do so side by side. */
  onModuleDestroy(): void {
    this.stopped = this.fetchWorker.stop()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stopped
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.queue.warn(error)
  }
}
