import { Body, Delete, Get, Param, Post, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type BatchAnswer,
  type BatchRequest,
  type LinkAnswer,
  Refusal,
  type UnrestrictRequest,
  batchRequestSchema,
  batchSchema,
  linkSchema,
  unrestrictRequestSchema,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { DownloadUrls } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { CurrentCaller, CurrentMeter, Limited, VerifiesKey } from '../callers/caller.guard.js'
import { type CallerRequest, Callers } from '../callers/callers.js'
import { type Meter, RateLimits } from '../callers/rate-limits.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ExternalApi } from '../http/external-api.js'
import { CallerLinks } from './caller-links.js'
import { UnrestrictBatch } from './unrestrict-batch.js'
import { Unrestrict } from './unrestrict.js'

/** Links to our copies: asked for, polled, ended. */
@ExternalApi()
export class LinksController {
  constructor(
    private readonly callers: Callers,
    private readonly links: CallerLinks,
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
  async create(
    @Req() asked: CallerRequest,
    @Body({ schema: unrestrictRequestSchema }) request: UnrestrictRequest,
  ): Promise<LinkAnswer> {
    const { cachedCaller: presumed } = asked
    return this.unrestrict.link(
      {
        cachedCaller: presumed,
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

  @Get('link/:linkId')
  @Limited('polling')
  @ApiOperation({ operationId: 'External_link', summary: 'How a link stands' })
  @ApiAnswer(linkSchema)
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
  async cancel(
    @CurrentCaller() caller: Caller,
    @Param('linkId') linkId: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<LinkAnswer> {
    return this.links.cancel(caller, linkId, this.urls.base(raw))
  }
}
