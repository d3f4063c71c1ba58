import { Body, Delete, Get, Param, Post, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type ShareAnswer,
  type ShareListAnswer,
  type ShareRemoved,
  type ShareRequest,
  downloadName,
  shareListSchema,
  shareRemovedSchema,
  shareRequestSchema,
  shareSchema,
} from '@obb/contracts'
import { Accounts, type Caller } from '@obb/core/accounts'
import { type ShareView, Shares } from '@obb/core/links'
import { DownloadUrls, downloadUrl } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { CurrentCaller, NeedsScope } from '../callers/caller.guard.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { ExternalApi } from '../http/external-api.js'
import { assertLinkId } from '../links/caller-links.js'
import { Audited } from '../sign-in/audited.js'

/** Links for others. What may tell a download URL may share it, and no other key. */
@ExternalApi()
export class SharesController {
  constructor(
    private readonly accounts: Accounts,
    private readonly shares: Shares,
    private readonly audited: Audited,
    private readonly urls: DownloadUrls,
  ) {}

  @Post('links/:linkId/shares')
  @NeedsScope('download')
  @ApiOperation({
    operationId: 'Share_add',
    summary: 'Let others download the file of a link without a key, for a time and a number of downloads',
    description:
      'Nothing is charged: the file is paid for by its link. Ranges, pauses and new tries of one client within a day ' +
      'are one download; clients are told apart by their network. It ends with its link.',
  })
  @ApiAnswer(shareSchema)
  @ApiFailures('link_unknown', 'link_ended')
  async add(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Param('linkId') linkId: string,
    @Body({ schema: shareRequestSchema }) { expires_in_seconds: seconds, max_downloads: most }: ShareRequest,
  ): Promise<ShareAnswer> {
    assertLinkId(linkId)
    await this.shares.assertRoom(caller.accountId, linkId)
    const terms = { ttl: seconds * 1000, maxDownloads: most }
    const made = await this.change(caller, request, linkId, () =>
      this.shares.add(caller.accountId, linkId, terms),
    )
    return shareAnswer(made, this.urls.base(request.raw))
  }

  @Get('links/:linkId/shares')
  @NeedsScope('download')
  @ApiOperation({ operationId: 'Share_list', summary: 'The shares of a link, the newest first' })
  @ApiAnswer(shareListSchema)
  @ApiFailures('link_unknown')
  async list(
    @CurrentCaller() { accountId }: Caller,
    @Req() { raw }: FastifyRequest,
    @Param('linkId') linkId: string,
  ): Promise<ShareListAnswer> {
    assertLinkId(linkId)
    const base = this.urls.base(raw)
    return { shares: (await this.shares.list(accountId, linkId)).map((share) => shareAnswer(share, base)) }
  }

  @Delete('links/:linkId/shares/:shareId')
  @NeedsScope('download')
  @ApiOperation({ operationId: 'Share_remove', summary: 'Take a share back' })
  @ApiAnswer(shareRemovedSchema)
  @ApiFailures('resource_unknown')
  async remove(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Param('linkId') linkId: string,
    @Param('shareId') shareId: string,
  ): Promise<ShareRemoved> {
    const { accountId } = caller
    assertLinkId(linkId)
    await this.shares.assertThere(accountId, linkId, shareId)
    await this.change(caller, request, linkId, () => this.shares.remove(accountId, linkId, shareId))
    return { id: shareId, removed: true }
  }

  /** It stands in the audit log, with the beginning of the link's id: all of it is as good as the file. */
  private async change<T>(
    { accountId }: Caller,
    request: FastifyRequest,
    linkId: string,
    make: () => Promise<T>,
  ): Promise<T> {
    const { email } = await this.accounts.byId(accountId)
    return this.audited.change(request, { who: email, target: `link ${linkId.slice(0, 8)}` }, make)
  }
}

function shareAnswer(share: ShareView, base: string): ShareAnswer {
  const filename = downloadName(share.fileName)
  const isUsedUp = share.downloads >= share.maxDownloads
  return {
    ...{ id: share.id, linkId: share.linkId, url: downloadUrl(base, share.id, filename), filename },
    state: share.isOver ? 'over' : isUsedUp ? 'used_up' : 'open',
    ...{ downloads: share.downloads, max_downloads: share.maxDownloads },
    ...{ created_at: share.createdAt.getTime(), expires_at: share.expiresAt.getTime() },
  }
}
