import { Body, Controller, Get, Param, Patch, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import {
  type FileView,
  type HostUpdate,
  type HostView,
  type Success,
  fileViewSchema,
  hostUpdateSchema,
  hostViewSchema,
  success,
} from '@obb/contracts'
import { Files } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { z } from 'zod'
import { ApiAnswer } from '../openapi/api-answer.js'
import { AdminGuard } from './admin.guard.js'
import { fileView, hostView } from './views.js'

const MAX_FILES = 1_000

/** Platforms and files. */
@ApiTags('Admin API')
@ApiBearerAuth()
@UseGuards(AdminGuard)
@Controller('api/admin/v1')
export class HostsController {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly files: Files,
  ) {}

  @Get('hosts')
  @ApiOperation({ summary: 'All platforms with their settings' })
  @ApiAnswer(z.array(hostViewSchema))
  async list(): Promise<Success<HostView[]>> {
    await this.catalog.refresh()
    const traffic = await this.pool.trafficByPlatform()
    return success(this.catalog.all().map((policy) => hostView(policy, traffic.get(policy.platform))))
  }

  @Get('hosts/:platform')
  @ApiOperation({ summary: 'One platform: limits, domains, credential fields, origins' })
  @ApiAnswer(hostViewSchema)
  async show(@Param('platform') platform: string): Promise<Success<HostView>> {
    await this.catalog.refresh()
    const policy = this.catalog.get(platform)
    return success(hostView(policy, (await this.pool.trafficByPlatform()).get(policy.platform)))
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

  @Get('files')
  @ApiOperation({ summary: `The ${MAX_FILES} files that changed last` })
  @ApiAnswer(z.array(fileViewSchema))
  async listFiles(): Promise<Success<FileView[]>> {
    return success((await this.files.list(MAX_FILES)).map(fileView))
  }
}
