import { Controller, Get, Param, Req, UseGuards } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { type LinkDetails, PORTAL_API, linkDetailsSchema } from '@obb/contracts'
import { type Caller, mayDownload } from '@obb/core/accounts'
import { DownloadUrls } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { CallerGuard, CurrentCaller } from '../callers/caller.guard.js'
import { ApiAnswer } from '../http/api-answer.js'
import { DetailedLinks } from './detailed-links.js'

/** One link with all that is known of it, for the pages of the portal: clients have `/link/{linkId}` and `/ledger`. */
@Controller(PORTAL_API)
@UseGuards(CallerGuard)
@ApiExcludeController()
export class LinkDetailsController {
  constructor(
    private readonly links: DetailedLinks,
    private readonly urls: DownloadUrls,
  ) {}

  @Get('links/:linkId')
  @ApiAnswer(linkDetailsSchema)
  details(
    @CurrentCaller() caller: Caller,
    @Param('linkId') linkId: string,
    @Req() { raw }: FastifyRequest,
  ): Promise<LinkDetails> {
    return this.links.of(caller.accountId, linkId, mayDownload(caller) ? this.urls.base(raw) : null)
  }
}
