import { Get, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type HostHistoryAnswer,
  type HostHistoryQuery,
  hostHistoryQuerySchema,
  hostHistorySchema,
} from '@obb/contracts'
import { HostHistory } from '@obb/core/health'
import { ApiAnswer } from '../http/api-answer.js'
import { ExternalApi } from '../http/external-api.js'

type Period = HostHistoryAnswer['hosts'][number]['periods'][number]

/** How platforms did over time. */
@ExternalApi()
export class HostHistoryController {
  constructor(private readonly history: HostHistory) {}

  @Get('hosts/history')
  @ApiOperation({
    operationId: 'External_hostHistory',
    summary: 'How fetches of each platform ended, and how fast they were: by hour, or by day',
    description: 'What says nothing of the platform, such as a file that is gone, is not counted.',
  })
  @ApiAnswer(hostHistorySchema)
  async periods(
    @Query({ schema: hostHistoryQuerySchema }) { days }: HostHistoryQuery,
  ): Promise<HostHistoryAnswer> {
    const periods = await (days === 1 ? this.history.periods('hour', 24) : this.history.periods('day', days))
    const hosts = new Map<string, Period[]>()
    for (const { platform, ...period } of periods)
      hosts.set(platform, [...(hosts.get(platform) ?? []), { ...period, from: period.from.toISOString() }])
    return { hosts: [...hosts].map(([platform, its]) => ({ platform, periods: its })) }
  }
}
