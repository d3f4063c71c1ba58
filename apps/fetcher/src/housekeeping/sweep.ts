import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common'
import { BlockList } from '@obb/core/blocks'
import { LOG, type Log } from '@obb/core/log'
import { StoreWatch } from '../store/store-watch.js'
import { Canaries } from './canaries.js'
import { CheckSchedule } from './check-schedule.js'
import { DiscardedObjects } from './discarded-objects.js'
import { DueFiles } from './due-files.js'
import { Expiry } from './expiry.js'
import { Liveness } from './health.js'
import { Presence } from './presence.js'
import { Retention } from './retention.js'
import type { SweepStep } from './sweep-step.js'

const SWEEP_MS = 3_000
/** Sweeps between two looks at what has expired. */
const EXPIRY_EVERY = 20

/**
 * Makes the rows come true: tells that this worker is alive, wakes workers for files that are due (a lost
 * queue or a killed worker costs no more than this), ends links and removes files whose time is over, finishes
 * blocks that were cut off, has accounts and canaries checked, ends what removed users have. Every worker sweeps;
 * all steps can happen twice.
 */
@Injectable()
export class Sweep implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly abort = new AbortController()
  private readonly steps: readonly SweepStep[]
  private running: Promise<void> = Promise.resolve()

  constructor(
    due: DueFiles,
    blocks: BlockList,
    discarded: DiscardedObjects,
    retention: Retention,
    private readonly presence: Presence,
    private readonly watch: StoreWatch,
    private readonly checks: CheckSchedule,
    private readonly canaries: Canaries,
    private readonly expiry: Expiry,
    private readonly liveness: Liveness,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.steps = [
      ['alive', () => presence.beat()],
      ['store', () => watch.look()],
      ['due files', () => due.wake()],
      ['blocks', () => blocks.enforcePending()],
      ['discarded objects', () => discarded.remove()],
      ['sweep of the store', () => watch.sweep()],
      ['quota', () => retention.evict()],
      ['account checks', () => checks.begin()],
      ['canaries', () => canaries.begin()],
    ]
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.presence.beat()
    await this.watch.begin()
    this.running = this.loop()
  }

  onModuleDestroy(): void {
    this.abort.abort()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running
    await Promise.all([this.checks.stop(), this.canaries.stop()])
    await this.presence.leave()
  }

  private async loop(): Promise<void> {
    for (let round = 0; !this.abort.signal.aborted; round++) {
      this.liveness.note()
      for (const step of this.steps) await this.take(step)
      if (round % EXPIRY_EVERY === 0) for (const step of this.expiry.steps) await this.take(step)
      await sleep(SWEEP_MS, undefined, { signal: this.abort.signal }).catch(() => undefined)
    }
  }

  private async take([what, work]: SweepStep): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.log.warn({ err: error instanceof Error ? error.message : String(error) }, `sweep: ${what}`)
    }
  }
}
