import { Inject, Injectable } from '@nestjs/common'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { claims } from '@obb/core/metrics'
import { FetchQueue, Fetchers } from '@obb/core/queue'
import { faultFields } from '@obb/core/readiness'
import { FetchSchedule, type ScheduledFetch, type Turn } from '@obb/core/scheduling'
import { StoreWatch } from '../store/store-watch.js'
import { WORKER_ID } from '../worker.module.js'
import { ACCOUNT_LEASE_MS } from './account-leases.js'
import { LEASE_MS } from './lease-heartbeat.js'

/** Claims the files whose turn it is. */
@Injectable()
export class FetchClaims {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly schedule: FetchSchedule,
    private readonly fetchers: Fetchers,
    private readonly queue: FetchQueue,
    private readonly watch: StoreWatch,
    @Inject(WORKER_ID) private readonly worker: string,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The next file, of the first platform where one may be fetched; undefined if none may, or the store takes none. */
  async next(): Promise<ScheduledFetch | undefined> {
    const scheduled = await this.firstOf((turn, all) =>
      this.schedule.next({ ...turn, slots: { all, least: 1 } }),
    )
    if (scheduled) claims.inc({ platform: scheduled.file.platform })
    return scheduled
  }

  /**
   * Whether this fetch, which crawls, is the slowest of all workers' that do, while a file waits for one slot more than
   * there are, and for nothing else. That one waits is asked before and after: it may come, or be begun, in between.
   */
  async mustGiveWay(fileId: string): Promise<boolean> {
    if ((await this.schedule.slowestCrawling()) !== fileId) return false
    const wouldStart = (more: number) =>
      this.firstOf((turn, all) => {
        return this.schedule.wouldStart({ ...turn, slots: { all: all + more, least: more } })
      })
    const isWaitedFor = async (): Promise<boolean> => (await wouldStart(1)) === true
    return (await isWaitedFor()) && !(await wouldStart(0)) && (await isWaitedFor())
  }

  /** Wakes a worker if something waits. What does not get through is found by the sweep. */
  async wakeNext(): Promise<void> {
    try {
      const platforms = await this.platforms(await this.fetchers.slots())
      if (platforms.length > 0) await this.queue.wake()
    } catch (error) {
      this.log.warn(faultFields(error), 'waking the next fetch')
    }
  }

  private async firstOf<T>(
    look: (turn: Turn, slots: number) => Promise<T | undefined | false>,
  ): Promise<T | undefined> {
    const taken = await this.watch.takes()
    if (!taken) return undefined
    await this.catalog.reload()
    const slots = await this.fetchers.slots()
    for (const platform of await this.platforms(slots)) {
      const found = await look({ ...this.turn(platform), ...taken }, slots)
      if (found) return found
    }
    return undefined
  }

  /** Where something waits, in their turns. */
  private platforms(slots: number): Promise<string[]> {
    const known = this.catalog.all().map(({ platform }) => platform)
    return this.schedule.platforms(known, slots)
  }

  private turn(platform: string): Turn {
    const { catalog, worker } = this
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
