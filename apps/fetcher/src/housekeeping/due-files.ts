import { Injectable } from '@nestjs/common'
import { Fetches } from '@obb/core/fetches'
import { FetchQueue } from '@obb/core/queue'
import { StoreWatch } from '../store/store-watch.js'

const BATCH = 500

/** Files whose fetch is due. */
@Injectable()
export class DueFiles {
  constructor(
    private readonly fetches: Fetches,
    private readonly queue: FetchQueue,
    private readonly watch: StoreWatch,
  ) {}

  /** Wakes workers for them: nobody, while the store takes nothing. */
  async wake(): Promise<void> {
    if (!(await this.watch.takes())) return
    for (const job of await this.fetches.due(BATCH)) await this.queue.addFetch(job)
  }
}
