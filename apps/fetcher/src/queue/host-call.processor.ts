import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import { Inject, type OnModuleDestroy } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { MAX_DEATHS, Quarantine, isSuspect } from '@obb/core/quarantine'
import { HOST_CALL_QUEUE, type HostCall, WORKER_OPTIONS, hostCallSchema } from '@obb/core/queue'
import { DelayedError, type Job } from 'bullmq'
import { CheckAccountJob } from '../host-calls/check-account-job.js'
import { ExpandFolderJob } from '../host-calls/expand-folder-job.js'
import { InspectFileJob } from '../host-calls/inspect-file-job.js'

/** Short calls at once; they wait for hosts, not for this machine. */
const CONCURRENCY = 16
/** How long a suspect waits before it is looked whether another one still runs, ms. */
const SUSPECT_PAUSE_MS = 1_000

const { lockDuration, maxStalledCount, stalledInterval } = WORKER_OPTIONS

/**
 * Calls to hosts that the gateway waits for. Outcomes are in the database. A call whose worker died, or hung, is given
 * to the next one by the queue, which counts that: see MAX_DEATHS.
 */
@Processor(HOST_CALL_QUEUE, { lockDuration, maxStalledCount, stalledInterval, concurrency: CONCURRENCY })
export class HostCallProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly stop = new AbortController()

  constructor(
    private readonly inspectFileJob: InspectFileJob,
    private readonly expandFolderJob: ExpandFolderJob,
    private readonly checkAccountJob: CheckAccountJob,
    private readonly quarantine: Quarantine,
    @Inject(LOG) private readonly log: Log,
  ) {
    super()
  }

  override async process(job: Job, token?: string): Promise<void> {
    const call = hostCallSchema.parse(job.data)
    const { stalledCounter: deaths } = job
    if (!isSuspect(deaths)) return this.run(call)
    this.log.warn({ ...call, deaths }, 'fetchers died during a host call')
    if (deaths >= MAX_DEATHS) return this.refuse(call, deaths)
    const place = this.quarantine.suspects.tryAcquire()
    if (!place) {
      // Not under way meanwhile: the next death would accuse it too.
      await job.moveToDelayed(Date.now() + SUSPECT_PAUSE_MS, token)
      throw new DelayedError()
    }
    await this.run(call).finally(place)
  }

  private async run(call: HostCall): Promise<void> {
    switch (call.call) {
      case 'inspect':
        return this.inspectFileJob.run(call.fileId, this.stop.signal)
      case 'expand':
        return this.expandFolderJob.run(call.folderId, this.stop.signal)
      case 'check-account':
        return this.checkAccountJob.run(call.hostAccountId, this.stop.signal)
    }
  }

  private async refuse(call: HostCall, deaths: number): Promise<void> {
    switch (call.call) {
      case 'inspect':
        return this.quarantine.file(call.fileId, { deaths, doing: 'its host was asked about it' })
      case 'expand':
        return this.quarantine.folder(call.folderId, { deaths, doing: 'its host was asked what is in it' })
      case 'check-account':
        return this.quarantine.account(call.hostAccountId, { deaths, doing: 'it was checked' })
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
