import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common'
import type { Log } from '@obb/core/log'
import { Loop, logFault } from './loop.js'

/** What a gateway looks at again and again, beside all requests. */
export abstract class Watch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: Loop

  /** `everyMs`: between the end of a look and the beginning of the next. `fault`: logged with why a look ended early. */
  protected constructor(
    everyMs: number,
    private readonly log: Log,
    private readonly fault: string,
  ) {
    this.loop = new Loop(() => this.lookSafely(), everyMs)
  }

  onApplicationBootstrap(): void | Promise<void> {
    this.loop.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop()
  }

  /** Once, now: after what runs already, which may have looked before a change. */
  look(): Promise<void> {
    return this.loop.run()
  }

  protected abstract lookOnce(): Promise<void>

  private async lookSafely(): Promise<void> {
    try {
      await this.lookOnce()
    } catch (error) {
      logFault(this.log, error, this.fault)
    }
  }
}
