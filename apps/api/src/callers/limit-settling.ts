import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOG, type Log, reasonOf } from '@obb/core/log'
import { redisTrouble } from '@obb/core/queue'
import { QUEUE_ACTION } from '@obb/core/readiness'
import { SharedBuckets } from '@obb/core/shared-buckets'
import { RateLimits } from './rate-limits.js'

/** How long a process goes by its own count, ms. */
const EVERY_MS = 200

/** Settles rate limits with the other processes of the gateway. While Redis is away each goes by its own count. */
@Injectable()
export class LimitSettling implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private isAway = false

  constructor(
    private readonly limits: RateLimits,
    private readonly shared: SharedBuckets,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.shared.isShared) this.plan()
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private plan(): void {
    const timer = setTimeout(
      () => void this.settle().then(() => this.timer === timer && this.plan()),
      EVERY_MS,
    )
    this.timer = timer.unref()
  }

  private async settle(): Promise<void> {
    try {
      await this.limits.settle()
      this.isAway = false
    } catch (error) {
      const { detail: err = reasonOf(error), action = QUEUE_ACTION } = redisTrouble(error) ?? {}
      if (!this.isAway) this.log.warn({ err, action }, 'rate limits: each process counts alone')
      this.isAway = true
    }
  }
}
