import { Body, Controller, Get, Inject, Param, Patch, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import {
  type HostUpdate,
  type HostView,
  type Success,
  hostUpdateSchema,
  hostViewSchema,
  success,
} from '@obb/contracts'
import type { Clock } from '@obb/core/clock'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog, type HostPolicy } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { z } from 'zod'
import { ApiAnswer } from '../openapi/api-answer.js'
import { CLOCK } from '../tokens.js'
import { AdminGuard } from './admin.guard.js'
import { hostView } from './views.js'

/** Platforms. */
@ApiTags('Admin API')
@ApiBearerAuth()
@UseGuards(AdminGuard)
@Controller('api/admin/v1')
export class HostsController {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('hosts')
  @ApiOperation({ summary: 'All platforms: settings, and how they are doing' })
  @ApiAnswer(z.array(hostViewSchema))
  async list(): Promise<Success<HostView[]>> {
    await this.catalog.refresh()
    return success(await this.views(this.catalog.all()))
  }

  @Get('hosts/:platform')
  @ApiOperation({ summary: 'One platform: limits, domains, credential fields, origins' })
  @ApiAnswer(hostViewSchema)
  async show(@Param('platform') platform: string): Promise<Success<HostView>> {
    await this.catalog.refresh()
    const [view] = await this.views([this.catalog.get(platform)])
    if (!view) throw new Error('a platform without a view')
    return success(view)
  }

  @Patch('hosts/:platform')
  @ApiOperation({ summary: 'Switch a platform on or off, set its limits and origins' })
  @ApiAnswer(hostViewSchema)
  async update(
    @Param('platform') platform: string,
    @Body({ schema: hostUpdateSchema }) update: HostUpdate,
  ): Promise<Success<HostView>> {
    await this.catalog.update(platform, update)
    return this.show(platform)
  }

  private async views(policies: readonly HostPolicy[]): Promise<HostView[]> {
    const [traffic, health] = await Promise.all([this.pool.trafficByPlatform(), this.breaker.all()])
    return policies.map((policy) =>
      hostView(policy, {
        traffic: traffic.get(policy.platform),
        health: health.get(policy.platform),
        now: this.clock.now(),
      }),
    )
  }
}
