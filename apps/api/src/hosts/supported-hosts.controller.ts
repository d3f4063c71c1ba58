import { Get } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type HostGroupsAnswer, type HostsAnswer, hostGroupsSchema, hostsSchema } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Clock } from '@obb/core/clock'
import { CurrentCaller, NeverFails } from '../callers/caller.guard.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ExternalApi } from '../http/external-api.js'
import { hostGroups, hostRows } from './host-rows.js'
import { HostFactsQuery } from './host-facts-query.js'

/** Platforms, as a caller may use them. */
@ExternalApi()
export class SupportedHostsController {
  constructor(
    private readonly clock: Clock,
    private readonly hosts: HostFactsQuery,
  ) {}

  @Get('hosts')
  @NeverFails()
  @ApiOperation({ operationId: 'External_hostRows', summary: 'Supported hosts, one row per hostname' })
  @ApiAnswer(hostsSchema)
  async hostRows(@CurrentCaller() caller: Caller): Promise<HostsAnswer> {
    return hostRows(await this.hosts.facts(caller.accountId), this.clock.now())
  }

  @Get('hosts/grouped')
  @NeverFails()
  @ApiOperation({ operationId: 'External_hostGroups', summary: 'Supported hosts, one row per platform' })
  @ApiAnswer(hostGroupsSchema)
  async hostGroups(@CurrentCaller() caller: Caller): Promise<HostGroupsAnswer> {
    return hostGroups(await this.hosts.facts(caller.accountId), this.clock.now())
  }
}
