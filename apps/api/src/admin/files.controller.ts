import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import {
  type FileRemoved,
  type FileUpdate,
  type FileView,
  Refusal,
  type Success,
  fileRemovedSchema,
  type SweepRequest,
  type SweepView,
  fileUpdateSchema,
  fileViewSchema,
  success,
  sweepRequestSchema,
  sweepViewSchema,
} from '@obb/contracts'
import { Fetches } from '@obb/core/fetches'
import { Files, StoredFiles } from '@obb/core/files'
import { StoreSweeps } from '@obb/core/store-state'
import { z } from 'zod'
import { ApiAnswer } from '../openapi/api-answer.js'
import { AdminGuard } from './admin.guard.js'
import { fileView, sweepView } from './views.js'

const MAX_FILES = 1_000

/** Files that were or are fetched. */
@ApiTags('Admin API')
@ApiBearerAuth()
@UseGuards(AdminGuard)
@Controller('api/admin/v1/files')
export class FilesController {
  constructor(
    private readonly files: Files,
    private readonly stored: StoredFiles,
    private readonly fetches: Fetches,
    private readonly sweeps: StoreSweeps,
  ) {}

  @Get()
  @ApiOperation({ summary: `The ${MAX_FILES} files that changed last` })
  @ApiAnswer(z.array(fileViewSchema))
  async list(): Promise<Success<FileView[]>> {
    return success((await this.files.list(MAX_FILES)).map(fileView))
  }

  @Post('sweeps')
  @HttpCode(200)
  @ApiOperation({ summary: 'Have objects in the store that no file needs found, and removed' })
  @ApiAnswer(sweepViewSchema)
  async sweep(@Body({ schema: sweepRequestSchema }) { dryRun }: SweepRequest): Promise<Success<SweepView>> {
    return success(sweepView(await this.sweeps.request(dryRun)))
  }

  @Get('sweeps/:id')
  @ApiOperation({ summary: 'How far a sweep has come' })
  @ApiAnswer(sweepViewSchema)
  async sweepById(@Param('id', { schema: z.uuid() }) id: string): Promise<Success<SweepView>> {
    const sweep = await this.sweeps.byId(id)
    if (!sweep) throw new Refusal('resource_unknown', { details: [`There is no sweep ${id}.`] })
    return success(sweepView(sweep))
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Pin a file, so that it is kept, or take that back' })
  @ApiAnswer(fileViewSchema)
  async update(
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: fileUpdateSchema }) { pinned }: FileUpdate,
  ): Promise<Success<FileView>> {
    const file = (await this.stored.pin(id, pinned)) ? await this.files.withLinks(id) : undefined
    if (!file) throw new Refusal('resource_unknown', { details: [`There is no file ${id}.`] })
    return success(fileView(file))
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Remove a file, or the fetch of it; its links end. Can be repeated',
    description: 'What was charged for a file that was not whole yet comes back.',
  })
  @ApiAnswer(fileRemovedSchema)
  async remove(@Param('id', { schema: z.uuid() }) id: string): Promise<Success<FileRemoved>> {
    const { stored, links } = await this.fetches.remove(id)
    return success({ id, removed: stored, links })
  }
}
