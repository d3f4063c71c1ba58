import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { KeyUses } from '@obb/core/accounts'
import { LOG, type Log } from '@obb/core/log'

/** How soon a key that was not used for a while is seen to be used, ms. */
const EVERY_MS = 1_000

/** Writes who used which key last, beside the requests. */
@Injectable()
export class KeyUseWriting implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly uses: KeyUses,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.plan()
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    await this.write(true)
  }

  private plan(): void {
    const timer = setTimeout(
      () => void this.write().then(() => this.timer === timer && this.plan()),
      EVERY_MS,
    )
    this.timer = timer.unref()
  }

  /** What cannot be written is noted anew with the next use. */
  private async write(all = false): Promise<void> {
    await this.uses.write(all).catch((error: unknown) => {
      this.log.debug({ reason: (error as Error).message }, 'the last use of keys was not written')
    })
  }
}
