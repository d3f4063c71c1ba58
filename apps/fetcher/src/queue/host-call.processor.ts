import { setMaxListeners } from 'node:events'
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import { Inject, type OnModuleDestroy } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { Quarantine, isProven, isSuspect } from '@obb/core/quarantine'
import { FetchQueue, HOST_CALL_QUEUE, type HostCall, WORKER_OPTIONS, hostCallSchema } from '@obb/core/queue'
import { actionFields } from '@obb/core/readiness'
import { resume } from '@obb/core/tracing'
import { DelayedError, type Job } from 'bullmq'
import { HostCallTurns } from '../host-calls/host-call-turns.js'

/** Jobs that are taken from the queue; most of them wait here for their turn. Beyond, they wait in the order of asking. */
const WAITING = 1_000
/** How long a suspect waits before it is looked whether another one still runs, ms. */
const SUSPECT_PAUSE_MS = 1_000

const { lockDuration, maxStalledCount, stalledInterval } = WORKER_OPTIONS

/**
 * Calls to hosts that the gateway waits for, made in turns. Outcomes are in the database. A call whose worker died, or
 * hung, is given to the next one by the queue, which counts that: see Quarantine.
 */
@Processor(HOST_CALL_QUEUE, { lockDuration, maxStalledCount, stalledInterval, concurrency: WAITING })
export class HostCallProcessor extends WorkerHost implements OnModuleDestroy {
  private readonly stop = new AbortController()

  constructor(
    private readonly turns: HostCallTurns,
    private readonly quarantine: Quarantine,
    private readonly queue: FetchQueue,
    @Inject(LOG) private readonly log: Log,
  ) {
    super()
    setMaxListeners(0, this.stop.signal) // one for every call
  }

  override process(job: Job, token?: string): Promise<void> {
    const call = hostCallSchema.parse(job.data)
    return resume(call, {}, () => this.make(call, job, token))
  }

  private async make(call: HostCall, job: Job, token: string | undefined): Promise<void> {
    const { stalledCounter: deaths } = job
    if (!isSuspect(deaths)) return this.turns.run(call, this.stop.signal)
    if (isProven(deaths, call.alone)) return this.refuse(call, deaths)
    const place = this.quarantine.suspects.tryAcquire()
    if (!place) {
      // Not under way meanwhile: the next death would accuse it too.
      await job.moveToDelayed(Date.now() + SUSPECT_PAUSE_MS, token)
      throw new DelayedError()
    }
    this.log.warn({ ...call, deaths }, 'fetchers died during a host call, which is tried alone')
    await job.updateData({ ...call, alone: true })
    await this.turns.run(call, this.stop.signal).finally(place)
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
    const { request } = (job?.data ?? {}) as Partial<HostCall>
    this.log.error(
      { job: job?.id, call: job?.name, request, err: error, ...actionFields(error) },
      'host call',
    )
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.queue.warn(error)
  }
}
