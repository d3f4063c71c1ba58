import { Inject, Injectable } from '@nestjs/common'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { AccountPool } from '@obb/core/pool'
import { faultFields } from '@obb/core/readiness'
import { CheckAccountJob } from '../host-calls/check-account-job.js'

/** Checks of this worker at once. */
const CONCURRENCY = 4

/**
 * Asks the platforms how the operator's accounts stand, as often as each platform allows. An account that is
 * switched off, as one whose login was refused is, is left alone until an operator acts; one that rests is asked
 * when its time is over.
 */
@Injectable()
export class CheckSchedule {
  private readonly abort = new AbortController()
  private readonly running = new Set<Promise<void>>()

  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly checkAccountJob: CheckAccountJob,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Begins the checks that are due, and does not wait for them. */
  async begin(): Promise<void> {
    await this.catalog.refresh()
    for (const { platform, enabled, adapter } of this.catalog.all()) {
      const { accountCheckIntervalMs: interval, needsAccount } = adapter.manifest
      const free = CONCURRENCY - this.running.size
      if (free <= 0 || this.abort.signal.aborted) return
      if (!enabled || !needsAccount || !adapter.checkAccount || interval <= 0) continue
      for (const id of await this.pool.claimChecks(platform, interval, free)) this.start(id)
    }
  }

  /** Resolves when no check runs any more. */
  async stop(): Promise<void> {
    this.abort.abort(new Error('the worker stops'))
    await Promise.allSettled(this.running)
  }

  private start(id: string): void {
    const check = this.checkAccountJob
      .run(id, this.abort.signal)
      .catch((error: unknown) => {
        if (this.abort.signal.aborted) return
        this.log.warn({ account: id, ...faultFields(error) }, 'scheduled account check')
      })
      .finally(() => this.running.delete(check))
    this.running.add(check)
  }
}
