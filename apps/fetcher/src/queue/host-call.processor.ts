import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import { Inject, type OnModuleDestroy } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { HOST_CALL_QUEUE, WORKER_OPTIONS, hostCallSchema } from '@obb/core/queue'
import type { Job } from 'bullmq'
import { CheckAccountJob } from '../host-calls/check-account-job.js'
import { ExpandFolderJob } from '../host-calls/expand-folder-job.js'
import { InspectFileJob } from '../host-calls/inspect-file-job.js'

/** Short calls at once; they wait for hosts, not for this machine. */
const CONCURRENCY = 16

/** Calls to hosts that the gateway waits for. Outcomes are in the database. */
@Processor(HOST_CALL_QUEUE, {
  lockDuration: WORKER_OPTIONS.lockDuration,
  stalledInterval: WORKER_OPTIONS.stalledInterval,
  concurrency: CONCURRENCY,
})
export class HostCallProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly stop = new AbortController()

  constructor(
    private readonly inspectFileJob: InspectFileJob,
    private readonly expandFolderJob: ExpandFolderJob,
    private readonly checkAccountJob: CheckAccountJob,
    @Inject(LOG) private readonly log: Log,
  ) {
    super()
  }

  override async process(job: Job): Promise<void> {
    const call = hostCallSchema.parse(job.data)
    switch (call.call) {
      case 'inspect':
        return this.inspectFileJob.run(call.fileId, this.stop.signal)
      case 'expand':
        return this.expandFolderJob.run(call.folderId, this.stop.signal)
      case 'check-account':
        return this.checkAccountJob.run(call.hostAccountId, this.stop.signal)
    }
  }

  /** Whoever waits is told at once that it failed, and asks again. */
  onModuleDestroy(): void {
    this.stop.abort(new Error('the worker stops'))
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    this.log.error({ job: job?.id, call: job?.name, err: error }, 'host call')
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.log.warn({ err: error.message }, 'host call queue')
  }
}
