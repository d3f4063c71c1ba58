import { Injectable } from '@nestjs/common'
import { HostCatalog } from '@obb/core/hosts'
import { FetchQueue, Fetchers } from '@obb/core/queue'
import { FetchSchedule, QueuePositions, QueueRepair } from '@obb/core/scheduling'

/** The queues of the platforms: each is looked after by one worker at a time, however many there are. */
@Injectable()
export class Queues {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly fetchers: Fetchers,
    private readonly positions: QueuePositions,
    private readonly queueRepair: QueueRepair,
    private readonly schedule: FetchSchedule,
    private readonly queue: FetchQueue,
  ) {}

  /** Estimates positions, and wakes a worker where something may be fetched that nobody was woken for. */
  async tend(): Promise<void> {
    const platforms = this.catalog.all().map(({ platform }) => platform)
    if ((await this.positions.tend(platforms)).length === 0) return
    const waiting = await this.schedule.platforms(platforms, await this.fetchers.slots())
    if (waiting.length > 0) await this.queue.wake()
  }

  /** A page of the repair; true: others follow. */
  async repair(): Promise<boolean> {
    await this.queueRepair.repair()
    return this.queueRepair.isUnderWay
  }
}
