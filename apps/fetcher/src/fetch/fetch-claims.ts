import { Inject, Injectable } from '@nestjs/common'
import type { FetchJob } from '@obb/core/fetches'
import { Files } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { FetchQueue } from '@obb/core/queue'
import { FetchSchedule, type ScheduledFetch, type Turn } from '@obb/core/scheduling'
import { StoreWatch } from '../store/store-watch.js'
import { WORKER_ID } from '../worker.module.js'
import { ACCOUNT_LEASE_MS } from './account-leases.js'
import { LEASE_MS } from './lease-heartbeat.js'

/** Claims the files whose turn it is. */
@Injectable()
export class FetchClaims {
  constructor(
    private readonly files: Files,
    private readonly catalog: HostCatalog,
    private readonly schedule: FetchSchedule,
    private readonly queue: FetchQueue,
    private readonly watch: StoreWatch,
    @Inject(WORKER_ID) private readonly worker: string,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The next file of the job's platform; undefined if none waits, nothing more may run there, or the store takes none. */
  async next(job: FetchJob): Promise<ScheduledFetch | undefined> {
    const platform = (await this.files.byId(job.fileId))?.platform
    if (platform === undefined) return undefined
    const taken = await this.watch.takes()
    if (!taken) return undefined
    return this.schedule.next({ ...(await this.turn(platform)), ...taken })
  }

  /** Wakes a worker for the next file: a slot is free. What does not get through is found by the sweep. */
  async wakeNext(platform: string): Promise<void> {
    try {
      const waiting = await this.schedule.nextWaiting(platform)
      if (waiting) await this.queue.addFetch(waiting)
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error)
      this.log.warn({ platform, err }, 'waking the next fetch')
    }
  }

  private async turn(platform: string): Promise<Turn> {
    const { catalog, worker } = this
    await catalog.reload()
    const { adapter, maxDownloads, solo } = catalog.get(platform)
    const { catchAll = false, limits, needsAccount } = adapter.manifest
    return {
      ...{ platform, worker, maxDownloads, solo },
      leaseMs: LEASE_MS,
      guarded: !catchAll,
      account: needsAccount
        ? {
            maxPerAccount: limits.maxDownloads,
            maxConnections: limits.maxChunks,
            leaseMs: ACCOUNT_LEASE_MS,
          }
        : undefined,
    }
  }
}
