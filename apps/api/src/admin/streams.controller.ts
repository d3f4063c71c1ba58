import { Get, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type StreamsQuery, type StreamsView, streamsQuerySchema, streamsViewSchema } from '@obb/contracts'
import { type ProxyNow, Streams } from '@obb/core/streams'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'

/** What is sent to clients. */
@AdminApi('streams')
export class StreamsController {
  constructor(private readonly streams: Streams) {}

  @Get()
  @ApiOperation({
    summary: 'Who downloads from this server now: how much, by which proxy, and the fastest one by one',
  })
  @ApiAnswer(streamsViewSchema)
  async list(@Query({ schema: streamsQuerySchema }) { limit }: StreamsQuery): Promise<StreamsView> {
    const { proxies, streams } = await this.streams.now()
    const named = await this.streams.named(limit)
    const told = proxies.reduce((sum, { busiest }) => sum + busiest.length, 0)
    return {
      // One by one each link is known once; of the others only how many each process has.
      total: streams.size + sumOf(proxies, 'streams') - told,
      connections: sumOf(proxies, 'connections'),
      bytesPerSecond: sumOf(proxies, 'bytesPerSecond'),
      proxies: proxies.map(({ busiest: _busiest, startedAt, seenAt, ...proxy }) => ({
        ...proxy,
        ...{ startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString() },
      })),
      streams: named.map(({ id: _id, since, ...stream }) => ({
        ...stream,
        since: new Date(since).toISOString(),
      })),
    }
  }
}

function sumOf(proxies: readonly ProxyNow[], of: 'streams' | 'connections' | 'bytesPerSecond'): number {
  return proxies.reduce((sum, proxy) => sum + proxy[of], 0)
}
