import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common'
import { AuditLog, AuthFailures } from '@obb/core/audit'
import { CONFIG, type Config } from '@obb/core/config'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'

const FLUSH_MS = 1_000
const FORGET_MS = 3_600_000

/** Writes down what was counted, every second, and removes what is older than AUDIT_TTL, every hour. */
@Injectable()
export class AuditUpkeep implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = []
  private running: Promise<void> = Promise.resolve()

  constructor(
    private readonly audit: AuditLog,
    private readonly failures: AuthFailures,
    @Inject(CONFIG) private readonly config: Pick<Config, 'AUDIT_TTL'>,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const forget = () => this.enqueue(() => this.audit.forgetOld(this.config.AUDIT_TTL))
    forget()
    const flush = () => this.enqueue(() => this.failures.flush())
    this.timers.push(setInterval(forget, FORGET_MS).unref(), setInterval(flush, FLUSH_MS).unref())
  }

  onModuleDestroy(): void {
    for (const timer of this.timers) clearInterval(timer)
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.enqueue(() => this.failures.flush())
    await this.running
  }

  /** One step at a time. */
  private enqueue(step: () => Promise<void>): void {
    this.running = this.running.then(step).catch((error: unknown) => {
      this.log.warn(faultFields(error), 'audit: upkeep')
    })
  }
}
