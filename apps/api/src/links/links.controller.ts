import { Body, Delete, Get, Param, Post, Query, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type BatchAnswer,
  type BatchRequest,
  type LinkAnswer,
  type LinkListAnswer,
  type LinkListQuery,
  Refusal,
  type UnrestrictRequest,
  batchRequestSchema,
  batchSchema,
  linkListQuerySchema,
  linkListSchema,
  linkSchema,
  unrestrictRequestSchema,
} from '@obb/contracts'
import { type Caller, mayDownload } from '@obb/core/accounts'
import { DownloadUrls } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { CurrentCaller, CurrentMeter, Limited, VerifiesKey } from '../callers/caller.guard.js'
import { type CallerRequest, Callers } from '../callers/callers.js'
import { keyFilterRefusal, withoutKey } from '../callers/keys-untold.js'
import { LINKS_PER_TOKEN, type Meter, RateLimits } from '../callers/rate-limits.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures, LINK_FAILURES } from '../http/api-failures.js'
import { ExternalApi } from '../http/external-api.js'
import { CallerLinks } from './caller-links.js'
import { ListedLinks } from './listed-links.js'
import { UnrestrictBatch } from './unrestrict-batch.js'
import { Unrestrict } from './unrestrict.js'

/** Links to our copies: asked for, listed, polled, ended. */
@ExternalApi()
export class LinksController {
  constructor(
    private readonly callers: Callers,
    private readonly links: CallerLinks,
    private readonly listed: ListedLinks,
    private readonly rates: RateLimits,
    private readonly unrestrict: Unrestrict,
    private readonly batch: UnrestrictBatch,
    private readonly urls: DownloadUrls,
  ) {}

  @Post('unrestrict')
  @Limited('asking')
  @VerifiesKey()
  @ApiOperation({
    operationId: 'External_create',
    summary: 'Have a link fetched; returns a link to our copy',
  })
  @ApiAnswer(linkSchema)
  @ApiFailures(...LINK_FAILURES)
  async create(
    @Req() asked: CallerRequest,
    @Body({ schema: unrestrictRequestSchema }) request: UnrestrictRequest,
  ): Promise<LinkAnswer> {
    return this.unrestrict.link(
      {
        cachedCaller: asked.cachedCaller,
        verifiedCaller: () => this.callers.verifiedCaller(asked),
        downloads: this.urls.base(asked.raw),
      },
      request,
    )
  }

  @Post('unrestrict/batch')
  @Limited('asking')
  @ApiOperation({
    operationId: 'External_createBatch',
    summary: 'Have many links fetched, or all links in a text; each is answered by itself',
    description:
      'What `/unrestrict` makes of each link, with its charge and its limits; a token for each. With `expand` the ' +
      'files in folders, too. Links whose hosts have not told of them within 25 s have 105: ask again for those.',
  })
  @ApiAnswer(batchSchema)
  async createBatch(
    @CurrentCaller() caller: Caller,
    @CurrentMeter() meter: Meter,
    @Body({ schema: batchRequestSchema }) request: BatchRequest,
    @Req() { raw }: FastifyRequest,
  ): Promise<BatchAnswer> {
    return { results: await this.batch.of(caller, meter, this.urls.base(raw), request) }
  }

  @Get('links')
  @ApiOperation({
    operationId: 'External_links',
    summary: 'Your links, the newest first, with those that have ended',
    description:
      'Each as `/link/{linkId}` tells it, in pages: ask on with `next` as `after` until it is null. With a filter a ' +
      'page may have fewer links than asked for, or none, and be followed by others. What is listed changes nothing: ' +
      'a file that made room for others is fetched again when its link is asked for. To learn when one link is ready, ' +
      'poll `/link/{linkId}`, which has a limit of its own.',
  })
  @ApiAnswer(linkListSchema)
  async list(
    @CurrentCaller() caller: Caller,
    @CurrentMeter() meter: Meter,
    @Query({ schema: linkListQuerySchema }) query: LinkListQuery,
    @Req() { raw }: FastifyRequest,
  ): Promise<LinkListAnswer> {
    if (caller.key && query.key !== undefined) throw keyFilterRefusal()
    meter.take(Math.floor((query.limit - 1) / LINKS_PER_TOKEN)) // beside the request's own
    const page = await this.listed.page(
      caller.accountId,
      query,
      mayDownload(caller) ? this.urls.base(raw) : null,
    )
    return caller.key ? { ...page, links: page.links.map(withoutKey) } : page
  }

  @Get('link/:linkId')
  @Limited('polling')
  @ApiOperation({ operationId: 'External_link', summary: 'How a link stands' })
  @ApiAnswer(linkSchema)
  @ApiFailures('link_unknown')
  async link(
    @CurrentCaller() caller: Caller,
    @Param('linkId') linkId: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<LinkAnswer> {
    try {
      return await this.links.view(caller, linkId, this.urls.base(raw))
    } catch (error) {
      if (error instanceof Refusal && error.refusal === 'link_unknown')
        this.rates.countUnknownLink(caller.accountId)
      throw error
    }
  }

  @Delete('link/:linkId')
  @ApiOperation({
    operationId: 'External_cancel',
    summary: 'End a link; what was charged for it comes back while its file is not whole',
  })
  @ApiAnswer(linkSchema)
  @ApiFailures('link_unknown')
  async cancel(
    @CurrentCaller() caller: Caller,
    @Param('linkId') linkId: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<LinkAnswer> {
    return this.links.cancel(caller, linkId, this.urls.base(raw))
  }
}
