import { Body, Get, Param, Patch, Post } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type HostUpdate,
  type HostView,
  type HostWordsView,
  hostUpdateSchema,
  hostViewSchema,
  hostWordsSchema,
} from '@obb/contracts'
import { HostBreaker, HostWords } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { z } from 'zod'
import { HostSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { HostViews } from './host-views.js'
import { hostWordsView } from './views.js'

const MAX_WORDS = 500

/** Platforms. */
@AdminApi('', HostSubject)
export class HostsController {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly breaker: HostBreaker,
    private readonly words: HostWords,
    private readonly views: HostViews,
  ) {}

  @Get('hosts')
  @ApiOperation({ summary: 'All platforms: settings, and how they are doing' })
  @ApiAnswer(z.array(hostViewSchema))
  list(): Promise<HostView[]> {
    return this.views.all()
  }

  @Get('hosts/:platform')
  @ApiOperation({ summary: 'One platform: limits, domains, credential fields, origins' })
  @ApiAnswer(hostViewSchema)
  @ApiFailures('resource_unknown')
  show(@Param('platform') platform: string): Promise<HostView> {
    return this.views.one(platform)
  }

  @Patch('hosts/:platform')
  @ApiOperation({
    summary:
      'Switch a platform on or off, set its limits and origins; on, or at other origins, it is tried at once',
  })
  @ApiAnswer(hostViewSchema)
  @ApiFailures('resource_unknown', 'conflict')
  async update(
    @Param('platform') platform: string,
    @Body({ schema: hostUpdateSchema }) update: HostUpdate,
  ): Promise<HostView> {
    const policy = await this.catalog.update(platform, update)
    if (update.enabled === true || update.origins !== undefined) await this.breaker.close(policy.platform)
    return this.show(platform)
  }

  @Post('hosts/:platform/try')
  @ApiOperation({ summary: 'Call a platform again at once that is set aside for its failures' })
  @ApiAnswer(hostViewSchema)
  @ApiFailures('resource_unknown')
  async tryNow(@Param('platform') platform: string): Promise<HostView> {
    await this.catalog.refresh()
    await this.breaker.close(this.catalog.get(platform).platform)
    return this.show(platform)
  }

  @Get('host-words')
  @ApiOperation({ summary: 'What platforms said that no table understands, the latest first, at most 500' })
  @ApiAnswer(z.array(hostWordsSchema))
  async unknownWords(): Promise<HostWordsView[]> {
    return (await this.words.latest(MAX_WORDS)).map(hostWordsView)
  }
}
