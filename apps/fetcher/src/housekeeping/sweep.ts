import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common'
import { BlockList } from '@obb/core/blocks'
import { isDatabaseAway } from '@obb/core/database'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'
import { StoreWatch } from '../store/store-watch.js'
import { Canaries } from './canaries.js'
import { CheckSchedule } from './check-schedule.js'
import { DiscardedObjects } from './discarded-objects.js'
import { Expiry } from './expiry.js'
import { Liveness } from './health.js'
import { Queues } from './queues.js'
import { Retention } from './retention.js'
import type { SweepStep } from './sweep-step.js'

const SWEEP_MS = 3_000
/** Sweeps between two looks at what has expired. */
const EXPIRY_EVERY = 20
/** A step that has more to do goes on for so long, and with the next sweep, ms. */
const STEP_MS = 500

/**
 * Makes the rows come true: wakes workers for files that are due (a lost queue or a killed worker costs no more than
 * this), ends links and removes files whose time is over, finishes blocks that were cut off, has accounts and canaries
 * checked, ends what removed users have. Every worker sweeps; all steps can happen twice. A step works in batches that
 * cost what is due, and none keeps the others waiting: what is left of a backlog is the next sweep's.
 */
@Injectable()
export class Sweep implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly abort = new AbortController()
  private readonly steps: readonly SweepStep[]
  /** Steps of expiry that have more to do. */
  private readonly unfinished = new Set<SweepStep>()
  private running: Promise<void> = Promise.resolve()

  constructor(
    queues: Queues,
    blocks: BlockList,
    discarded: DiscardedObjects,
    retention: Retention,
    private readonly watch: StoreWatch,
    private readonly checks: CheckSchedule,
    private readonly canaries: Canaries,
    private readonly expiry: Expiry,
    private readonly liveness: Liveness,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.steps = [
      ['store', () => watch.look()],
      ['queues', () => queues.tend()],
      ['blocks', () => blocks.enforcePending()],
      ['discarded objects', () => discarded.remove()],
      ['sweep of the store', () => watch.sweep()],
      ['stored bytes', () => retention.foldBytes()],
      ['quota', () => retention.evict()],
      ['account checks', () => checks.begin()],
      ['canaries', () => canaries.begin()],
    ]
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.watch.begin()
    this.running = this.loop()
  }

  onModuleDestroy(): void {
    this.abort.abort()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running
    await Promise.all([this.checks.stop(), this.canaries.stop()])
  }

  private async loop(): Promise<void> {
    for (let round = 0; !this.abort.signal.aborted; round++) {
      await this.round(round)
      await sleep(SWEEP_MS, undefined, { signal: this.abort.signal }).catch(() => undefined)
    }
  }

  /** `number` of those before it. */
  async round(number: number): Promise<void> {
    for (const step of this.steps) await this.take(step)
    for (const step of this.expiry.steps) {
      if (number % EXPIRY_EVERY !== 0 && !this.unfinished.has(step)) continue
      if (await this.take(step)) this.unfinished.add(step)
      else this.unfinished.delete(step)
    }
  }

  /** Batches of a step, until nothing is left or its time is over: then true. */
  private async take([what, work]: SweepStep): Promise<boolean> {
    const until = performance.now() + STEP_MS
    try {
      while (!this.abort.signal.aborted) {
        this.liveness.note()
        if (!(await work())) return false
        if (performance.now() >= until) return true
      }
    } catch (error) {
      // While the database is away that is one line for all steps, and not one for each.
      const message = isDatabaseAway(error) ? 'sweep' : `sweep: ${what}`
      this.log.warn(faultFields(error), message)
    }
    return false
  }
}
