import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger'
import {
  type AccountAnswer,
  type HostGroupsAnswer,
  type HostsAnswer,
  type LinkAnswer,
  Refusal,
  type Success,
  type UnrestrictRequest,
  accountSchema,
  hostGroupsSchema,
  hostsSchema,
  linkSchema,
  success,
  unrestrictRequestSchema,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import type { Clock } from '@obb/core/clock'
import { ApiAnswer } from '../openapi/api-answer.js'
import { CLOCK } from '../tokens.js'
import { accountAnswer } from './account-answer.js'
import { CallerGuard, CurrentCaller, NeverFails } from './caller.guard.js'
import { hostGroups, hostRows } from './host-rows.js'
import { HostView } from './host-view.js'
import { LastKnown } from './last-known.js'
import { Unrestrict } from './unrestrict.js'

const LINK_ID = /^[0-9A-Za-z]{1,64}$/

/** The external API, version 1: what download clients speak. */
@ApiTags('External API')
@ApiBearerAuth()
@ApiSecurity('X-Api-Key')
@UseGuards(CallerGuard)
@Controller('api/external/v1')
export class ExternalController {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly hosts: HostView,
    private readonly lastKnown: LastKnown,
    private readonly unrestrict: Unrestrict,
  ) {}

  @Get('account')
  @NeverFails()
  @ApiOperation({ summary: 'Traffic, limits and expiry of this account' })
  @ApiAnswer(accountSchema)
  account(@CurrentCaller() caller: Caller): Success<AccountAnswer> {
    return success(accountAnswer(caller, this.clock.now()))
  }

  @Get('hosts')
  @NeverFails()
  @ApiOperation({ summary: 'Supported hosts, one row per hostname' })
  @ApiAnswer(hostsSchema)
  async hostRows(@CurrentCaller() caller: Caller): Promise<Success<HostsAnswer>> {
    return success(hostRows(await this.facts(caller)))
  }

  @Get('hosts/grouped')
  @NeverFails()
  @ApiOperation({ summary: 'Supported hosts, one row per platform' })
  @ApiAnswer(hostGroupsSchema)
  async hostGroups(@CurrentCaller() caller: Caller): Promise<Success<HostGroupsAnswer>> {
    return success(hostGroups(await this.facts(caller)))
  }

  @Post('unrestrict')
  @HttpCode(200)
  @ApiOperation({ summary: 'Have a link fetched; returns a link to our copy' })
  @ApiAnswer(linkSchema)
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: unrestrictRequestSchema }) request: UnrestrictRequest,
  ): Promise<Success<LinkAnswer>> {
    return success(await this.unrestrict.link(caller, request))
  }

  @Get('link/:linkId')
  @ApiOperation({ summary: 'How a link stands' })
  @ApiAnswer(linkSchema)
  async link(@CurrentCaller() caller: Caller, @Param('linkId') linkId: string): Promise<Success<LinkAnswer>> {
    if (!LINK_ID.test(linkId)) throw new Refusal('link_unknown')
    return success(await this.unrestrict.view(caller, linkId))
  }

  private facts(caller: Caller): ReturnType<HostView['facts']> {
    return this.lastKnown.or(`hosts ${caller.accountId}`, () => this.hosts.facts(caller.accountId))
  }
}
