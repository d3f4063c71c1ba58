import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type BlockCreate,
  type BlockCreated,
  type BlockView,
  type PageQuery,
  type PageView,
  Refusal,
  blockCreateSchema,
  blockCreatedSchema,
  blockSchema,
  pageQuerySchema,
  pageSchema,
} from '@obb/contracts'
import { type Block, BlockList, MAX_PATTERN_LENGTH } from '@obb/core/blocks'
import { HostCatalog } from '@obb/core/hosts'
import { MAX_FILE_ID_BYTES } from '@obb/host-adapters'
import { z } from 'zod'
import { BlockSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { type Listing, idKey, pageOf, timeKey } from '../http/pages.js'
import { blockView } from './views.js'

/** Files that are not served (102). */
@AdminApi('blocks', BlockSubject)
export class BlocksController {
  constructor(
    private readonly blocks: BlockList,
    private readonly catalog: HostCatalog,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Block a file: stored copies go, links are revoked' })
  @ApiAnswer(blockCreatedSchema)
  @ApiFailures('conflict')
  async add(@Body({ schema: blockCreateSchema }) block: BlockCreate): Promise<BlockCreated> {
    const added = await this.blocks.add({ ...block, value: this.comparable(block) })
    return { ...blockView(added), ...added.enforced, complete: added.enforcedAt !== null }
  }

  @Get()
  @ApiOperation({ summary: 'The block list in pages, newest first' })
  @ApiAnswer(pageSchema(blockSchema))
  list(@Query({ schema: pageQuerySchema }) page: PageQuery): Promise<PageView<BlockView>> {
    const blocks: Listing<Block> = {
      key: z.tuple([timeKey, idKey]),
      keyOf: ({ createdAt, id }) => [createdAt.toISOString(), id],
      read: (stretch) => this.blocks.list(stretch),
    }
    return pageOf(page, blocks, blockView)
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Take a block back; revoked links stay revoked' })
  @ApiAnswer(z.object({ id: z.string().describe('Id of the block') }))
  @ApiFailures('resource_unknown')
  async remove(@Param('id', { schema: z.uuid() }) id: string): Promise<{ id: string }> {
    if (await this.blocks.remove(id)) return { id }
    throw new Refusal('resource_unknown', { details: [`There is no block ${id}.`] })
  }

  /**
   * comparable is the value as it is compared: URLs as their platform writes them, ids with the platform's own
   * spelling.
   */
  private comparable({ kind, value }: BlockCreate): string {
    switch (kind) {
      case 'url': {
        const match = this.catalog.match(value)
        if (!match) throw invalid('url: no platform has such links')
        return match.ref.canonicalUrl
      }
      case 'file': {
        const [, platform = '', fileId = ''] = /^([^:]+):(.+)$/s.exec(value) ?? []
        if (fileId === '') throw invalid('file: must be written PLATFORM:FILE_ID')
        if (Buffer.byteLength(fileId) > MAX_FILE_ID_BYTES) throw invalid('file: no platform has ids so long')
        return `${this.catalog.get(platform).platform}:${fileId}`
      }
      case 'name':
        if (value.length > MAX_PATTERN_LENGTH) {
          throw invalid(`name: a pattern has at most ${MAX_PATTERN_LENGTH} characters`)
        }
        return value
      case 'sha256':
        if (!/^[0-9a-f]{64}$/i.test(value)) throw invalid('sha256: must be 64 hex digits')
        return value.toLowerCase()
    }
  }
}

function invalid(detail: string): Refusal {
  return new Refusal('request_invalid', { details: [detail] })
}
