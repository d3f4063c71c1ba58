import { Body, Controller, Delete, Get, Param, Patch, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import {
  type FileRemoved,
  type FileUpdate,
  type FileView,
  Refusal,
  type Success,
  fileRemovedSchema,
  fileUpdateSchema,
  fileViewSchema,
  success,
} from '@obb/contracts'
import { StoredFiles } from '@obb/core/fetches'
import { Files } from '@obb/core/files'
import { z } from 'zod'
import { ApiAnswer } from '../openapi/api-answer.js'
import { AdminGuard } from './admin.guard.js'
import { fileView } from './views.js'

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
  ) {}

  @Get()
  @ApiOperation({ summary: `The ${MAX_FILES} files that changed last` })
  @ApiAnswer(z.array(fileViewSchema))
  async list(): Promise<Success<FileView[]>> {
    return success((await this.files.list(MAX_FILES)).map(fileView))
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
    const { stored, links } = await this.stored.remove(id)
    return success({ id, removed: stored, links })
  }
}
