import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, UseGuards } from '@nestjs/common'
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
import { DownloadUrls } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { ApiAnswer } from '../openapi/api-answer.js'
import { CLOCK } from '../tokens.js'
import { accountAnswer } from './account-answer.js'
import { AccountLimits } from './account-limits.js'
import { CallerGuard, CurrentCaller, Limited, NeverFails, ProvesKey } from './caller.guard.js'
import { type CallerRequest, Callers } from './callers.js'
import { CallerLinks } from './caller-links.js'
import { hostGroups, hostRows } from './host-rows.js'
import { HostView } from './host-view.js'
import { LastKnown } from './last-known.js'
import { RateLimits } from './rate-limits.js'
import { Unrestrict } from './unrestrict.js'

/** The external API, version 1: what download clients speak. */
@ApiTags('External API')
@ApiBearerAuth()
@ApiSecurity('X-Api-Key')
@UseGuards(CallerGuard)
@Controller('api/external/v1')
export class ExternalController {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly callers: Callers,
    private readonly hosts: HostView,
    private readonly lastKnown: LastKnown,
    private readonly limits: AccountLimits,
    private readonly links: CallerLinks,
    private readonly rates: RateLimits,
    private readonly unrestrict: Unrestrict,
    private readonly urls: DownloadUrls,
  ) {}

  @Get('account')
  @NeverFails()
  @ApiOperation({ summary: 'Traffic, limits and expiry of this account' })
  @ApiAnswer(accountSchema)
  async account(@CurrentCaller() caller: Caller): Promise<Success<AccountAnswer>> {
    const facts = await this.limits.facts(caller.accountId)
    return success(accountAnswer(caller, facts, this.clock.now()))
  }

  @Get('hosts')
  @NeverFails()
  @ApiOperation({ summary: 'Supported hosts, one row per hostname' })
  @ApiAnswer(hostsSchema)
  async hostRows(@CurrentCaller() caller: Caller): Promise<Success<HostsAnswer>> {
    return success(hostRows(await this.facts(caller), this.clock.now()))
  }

  @Get('hosts/grouped')
  @NeverFails()
  @ApiOperation({ summary: 'Supported hosts, one row per platform' })
  @ApiAnswer(hostGroupsSchema)
  async hostGroups(@CurrentCaller() caller: Caller): Promise<Success<HostGroupsAnswer>> {
    return success(hostGroups(await this.facts(caller), this.clock.now()))
  }

  @Post('unrestrict')
  @HttpCode(200)
  @Limited('asking')
  @ProvesKey()
  @ApiOperation({ summary: 'Have a link fetched; returns a link to our copy' })
  @ApiAnswer(linkSchema)
  async create(
    @Req() asked: CallerRequest,
    @Body({ schema: unrestrictRequestSchema }) request: UnrestrictRequest,
  ): Promise<Success<LinkAnswer>> {
    const { presumed } = asked
    return success(
      await this.unrestrict.link(
        { presumed, proven: () => this.callers.proven(asked), downloads: this.urls.base(asked.raw) },
        request,
      ),
    )
  }

  @Get('link/:linkId')
  @Limited('polling')
  @ApiOperation({ summary: 'How a link stands' })
  @ApiAnswer(linkSchema)
  async link(
    @CurrentCaller() caller: Caller,
    @Param('linkId') linkId: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<Success<LinkAnswer>> {
    try {
      return success(await this.links.view(caller, linkId, this.urls.base(raw)))
    } catch (error) {
      if (error instanceof Refusal && error.refusal === 'link_unknown') this.rates.missed(caller.accountId)
      throw error
    }
  }

  @Delete('link/:linkId')
  @ApiOperation({ summary: 'Cancel an unfinished link; what was charged for it comes back' })
  @ApiAnswer(linkSchema)
  async cancel(
    @CurrentCaller() caller: Caller,
    @Param('linkId') linkId: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<Success<LinkAnswer>> {
    return success(await this.links.cancel(caller, linkId, this.urls.base(raw)))
  }

  private facts(caller: Caller): ReturnType<HostView['facts']> {
    return this.lastKnown.or(`hosts ${caller.accountId}`, () => this.hosts.facts(caller.accountId))
  }
}
