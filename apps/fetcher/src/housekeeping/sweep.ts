import { setTimeout as sleep } from 'node:timers/promises'
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common'
import type { BlockList } from '@obb/core/blocks'
import type { Documents } from '@obb/core/documents'
import type { Fetches } from '@obb/core/fetches'
import type { Folders } from '@obb/core/folders'
import type { Links } from '@obb/core/links'
import type { Log } from '@obb/core/log'
import type { AccountTrials } from '@obb/core/pool'
import type { FetchQueue, Fetchers } from '@obb/core/queue'
import type { StoreSweeps } from '@obb/core/store-state'
import type { Canaries } from './canaries.js'
import type { CheckSchedule } from './check-schedule.js'
import type { Liveness } from './health.js'
import type { Retention } from './retention.js'
import type { StoreWatch } from '../store/store-watch.js'

const SWEEP_MS = 3_000
/** Sweeps between two looks at what has expired. */
const EXPIRY_EVERY = 20
const BATCH = 500

export interface SweepParts {
  worker: string
  fetchers: Fetchers
  fetches: Fetches
  queue: FetchQueue
  links: Links
  folders: Folders
  documents: Documents
  retention: Retention
  blocks: BlockList
  checks: CheckSchedule
  canaries: Canaries
  watch: StoreWatch
  sweeps: StoreSweeps
  liveness: Liveness
  trials: AccountTrials
  log: Log
}

/**
 * Makes the rows come true: tells that this worker is alive, wakes workers for files that are due (a lost
 * queue or a killed worker costs no more than this), ends links and removes files whose time is over, finishes
 * blocks that were cut off, has accounts and canaries checked, ends what removed users have. Every worker sweeps; all steps can happen twice.
 */
export class Sweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly abort = new AbortController()
  private running: Promise<void> = Promise.resolve()

  constructor(private readonly parts: SweepParts) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.parts.fetchers.beat(this.parts.worker)
    await this.parts.watch.begin()
    this.running = this.loop()
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.abort.abort()
    await this.running
    await Promise.all([this.parts.checks.stop(), this.parts.canaries.stop()])
    await this.parts.fetchers.leave(this.parts.worker).catch((error: unknown) => this.warn('leaving', error))
  }

  private async loop(): Promise<void> {
    for (let round = 0; !this.abort.signal.aborted; round++) {
      this.parts.liveness.note()
      await this.step('alive', () => this.parts.fetchers.beat(this.parts.worker))
      await this.step('store', () => this.parts.watch.look())
      await this.step('due files', () => this.wake())
      await this.step('blocks', () => this.parts.blocks.enforcePending())
      await this.step('discarded objects', () => this.parts.retention.removeDiscarded())
      await this.step('sweep of the store', () => this.parts.watch.sweep())
      await this.step('quota', () => this.parts.retention.evict())
      await this.step('account checks', () => this.parts.checks.begin())
      await this.step('canaries', () => this.parts.canaries.begin())
      if (round % EXPIRY_EVERY === 0) {
        await this.step('expired links', () => this.parts.links.expire())
        await this.step('links of removed users', () => this.parts.fetches.endRemoved())
        await this.step('account trials', () => this.parts.trials.forgetOld())
        await this.step('unwanted files', () => this.parts.fetches.abandonUnwanted())
        await this.step('unused files', () => this.parts.retention.forgetFiles())
        await this.step('folders', () => this.parts.folders.forgetOld())
        await this.step('documents', () => this.parts.documents.forgetOld())
        await this.step('sweeps of the store', () => this.parts.sweeps.begin())
        await this.step('orphaned uploads', () => this.parts.retention.removeOrphans())
      }
      await sleep(SWEEP_MS, undefined, { signal: this.abort.signal }).catch(() => undefined)
    }
  }

  /** Nobody, while the store takes nothing. */
  private async wake(): Promise<void> {
    if (!(await this.parts.watch.takes())) return
    for (const job of await this.parts.fetches.due(BATCH)) await this.parts.queue.addFetch(job)
  }

  private async step(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.warn(what, error)
    }
  }

  private warn(what: string, error: unknown): void {
    this.parts.log.warn({ err: error instanceof Error ? error.message : String(error) }, `sweep: ${what}`)
  }
}
