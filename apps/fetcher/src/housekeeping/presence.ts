import { Inject, Injectable } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { Fetchers } from '@obb/core/queue'
import { WORKER_ID } from '../worker.module.js'

/** Tells the gateway that this worker is there. */
@Injectable()
export class Presence {
  constructor(
    private readonly fetchers: Fetchers,
    @Inject(WORKER_ID) private readonly worker: string,
    @Inject(LOG) private readonly log: Log,
  ) {}

  beat(): Promise<void> {
    return this.fetchers.beat(this.worker)
  }

  async leave(): Promise<void> {
    await this.fetchers.leave(this.worker).catch((error: unknown) => {
      this.log.warn({ err: error instanceof Error ? error.message : String(error) }, 'sweep: leaving')
    })
  }
}
