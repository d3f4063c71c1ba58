import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type FileListQuery,
  type FileRemoved,
  type FileUpdate,
  type FileView,
  type PageView,
  Refusal,
  fileListQuerySchema,
  fileRemovedSchema,
  type SweepRequest,
  type SweepView,
  fileUpdateSchema,
  fileViewSchema,
  pageSchema,
  sweepRequestSchema,
  sweepViewSchema,
} from '@obb/contracts'
import { Fetches } from '@obb/core/fetches'
import { Files, type SourceFile, StoredFiles } from '@obb/core/files'
import { StoreSweeps } from '@obb/core/store-state'
import { z } from 'zod'
import { FileSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { type Listing, idKey, pageOf, timeKey } from '../http/pages.js'
import { fileView, sweepView } from './views.js'

/** Files that were or are fetched. */
@AdminApi('files', FileSubject)
export class FilesController {
  constructor(
    private readonly files: Files,
    private readonly stored: StoredFiles,
    private readonly fetches: Fetches,
    private readonly sweeps: StoreSweeps,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Files in pages, those that changed last first, by state and name' })
  @ApiAnswer(pageSchema(fileViewSchema))
  list(
    @Query({ schema: fileListQuerySchema }) { search, state, ...page }: FileListQuery,
  ): Promise<PageView<FileView>> {
    const files: Listing<SourceFile & { links: number }> = {
      key: z.tuple([timeKey, idKey]),
      keyOf: ({ updatedAt, id }) => [updatedAt.toISOString(), id],
      read: (stretch) => this.files.list(stretch, { search, state }),
      lookEnd: (stretch) => this.files.lookEnd(stretch, { search, state }),
    }
    return pageOf(page, files, fileView)
  }

  @Post('sweeps')
  @ApiOperation({ summary: 'Have objects in the store that no file needs found, and removed' })
  @ApiAnswer(sweepViewSchema)
  async sweep(@Body({ schema: sweepRequestSchema }) { dryRun }: SweepRequest): Promise<SweepView> {
    return sweepView(await this.sweeps.request(dryRun))
  }

  @Get('sweeps/:id')
  @ApiOperation({ summary: 'How far a sweep has come' })
  @ApiAnswer(sweepViewSchema)
  @ApiFailures('resource_unknown')
  async sweepById(@Param('id', { schema: z.uuid() }) id: string): Promise<SweepView> {
    const sweep = await this.sweeps.byId(id)
    if (!sweep) throw new Refusal('resource_unknown', { details: [`There is no sweep ${id}.`] })
    return sweepView(sweep)
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Pin a file, so that it is kept, or take that back' })
  @ApiAnswer(fileViewSchema)
  @ApiFailures('resource_unknown')
  async update(
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: fileUpdateSchema }) { pinned }: FileUpdate,
  ): Promise<FileView> {
    const file = (await this.stored.pin(id, pinned)) ? await this.files.withLinks(id) : undefined
    if (!file) throw new Refusal('resource_unknown', { details: [`There is no file ${id}.`] })
    return fileView(file)
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Remove a file, or the fetch of it; its links end. Can be repeated',
    description: 'What was charged for a file that was not whole yet comes back.',
  })
  @ApiAnswer(fileRemovedSchema)
  async remove(@Param('id', { schema: z.uuid() }) id: string): Promise<FileRemoved> {
    const { stored, links } = await this.fetches.remove(id)
    return { id, removed: stored, links }
  }
}
