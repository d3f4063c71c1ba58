import { Get } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type FetcherView, type PlatformQueueView, fetcherSchema, platformQueueSchema } from '@obb/contracts'
import { Fetchers } from '@obb/core/queue'
import { PlatformQueues } from '@obb/core/scheduling'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'

/** What is to be fetched, and who fetches. */
@AdminApi('')
export class QueueController {
  constructor(
    private readonly queues: PlatformQueues,
    private readonly fetchers: Fetchers,
  ) {}

  @Get('queue')
  @ApiOperation({
    summary: 'What waits and what is fetched, by platform; platforms without either are left out',
  })
  @ApiAnswer(platformQueueSchema.array())
  async list(): Promise<PlatformQueueView[]> {
    const queues = await this.queues.list()
    return queues.map((each) => ({ ...each, oldestAt: each.oldestAt?.toISOString() ?? null }))
  }

  @Get('fetchers')
  @ApiOperation({ summary: 'The fetchers that are alive, and how many files each has' })
  @ApiAnswer(fetcherSchema.array())
  async listFetchers(): Promise<FetcherView[]> {
    const fetchers = await this.fetchers.list()
    return fetchers.map(({ startedAt, seenAt, ...each }) => ({
      ...each,
      ...{ startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString() },
    }))
  }
}
