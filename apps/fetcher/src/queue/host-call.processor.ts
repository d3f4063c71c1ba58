import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import { Inject, type OnModuleDestroy } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { HOST_CALL_QUEUE, WORKER_OPTIONS, hostCallSchema } from '@obb/core/queue'
import type { Job } from 'bullmq'
import { AccountCheck } from '../host-calls/account-check.js'
import { Expansion } from '../host-calls/expansion.js'
import { Inspection } from '../host-calls/inspection.js'

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
    private readonly inspection: Inspection,
    private readonly expansion: Expansion,
    private readonly accountCheck: AccountCheck,
    @Inject(LOG) private readonly log: Log,
  ) {
    super()
  }

  override async process(job: Job): Promise<void> {
    const call = hostCallSchema.parse(job.data)
    switch (call.call) {
      case 'inspect':
        return this.inspection.inspect(call.fileId, this.stop.signal)
      case 'expand':
        return this.expansion.expand(call.folderId, this.stop.signal)
      case 'check-account':
        return this.accountCheck.check(call.hostAccountId, this.stop.signal)
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
