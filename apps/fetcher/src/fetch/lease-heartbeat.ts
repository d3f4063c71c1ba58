import { setTimeout as sleep } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { Fetches } from '@obb/core/fetches'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'
import { LOST } from './fetch-end.js'
import type { FetchRun } from './fetch-run.js'

/** How long a worker may be silent before another one takes its file, ms. */
export const LEASE_MS = 15_000
const HEARTBEAT_MS = 1_000

/** Keeps the leases of files under way. */
@Injectable()
export class LeaseHeartbeat {
  constructor(
    private readonly fetches: Fetches,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Renews the lease and tells the progress once a second, until `stop`; a lost lease aborts the fetch. */
  start(fetch: FetchRun): { stop(): Promise<void> } {
    const stop = new AbortController()
    const beating = this.beat(fetch, stop.signal)
    return {
      stop: () => {
        stop.abort()
        return beating
      },
    }
  }

  private async beat({ abort, claim, progress }: FetchRun, stop: AbortSignal): Promise<void> {
    let renewedAt = performance.now()
    for (;;) {
      await sleep(HEARTBEAT_MS, undefined, { signal: stop }).catch(() => undefined)
      if (stop.aborted) return
      const begun = performance.now()
      try {
        if (!(await this.fetches.renew(claim, LEASE_MS, progress.sample()))) return abort.abort(LOST)
        renewedAt = begun
      } catch (error) {
        this.log.warn({ fileId: claim.fileId, ...faultFields(error) }, 'heartbeat')
        if (performance.now() - renewedAt > LEASE_MS) return abort.abort(LOST)
      }
    }
  }
}
