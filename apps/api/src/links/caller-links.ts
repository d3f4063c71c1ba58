import { Injectable } from '@nestjs/common'
import { type LinkAnswer, Refusal } from '@obb/contracts'
import { type Caller, mayDownload } from '@obb/core/accounts'
import { Fetches } from '@obb/core/fetches'
import { Links } from '@obb/core/links'
import { LinkAnswers } from './link-answers.js'

const LINK_ID = /^[0-9A-Za-z]{1,64}$/

/** Raises Refusal `link_unknown` for what is no id of a link. */
export function assertLinkId(linkId: string): void {
  if (!LINK_ID.test(linkId)) throw new Refusal('link_unknown')
}

/** Links that exist. Raises Refusal `link_unknown` for an unknown id and for another account's. */
@Injectable()
export class CallerLinks {
  constructor(
    private readonly links: Links,
    private readonly fetches: Fetches,
    private readonly answers: LinkAnswers,
  ) {}

  async view(caller: Caller, linkId: string, downloads: string): Promise<LinkAnswer> {
    assertLinkId(linkId)
    const link = await this.links.view(caller.accountId, linkId)
    if (!link) throw new Refusal('link_unknown')
    return this.answers.of(link, false, mayDownload(caller) ? downloads : null)
  }

  /**
   * Ends a link, with its traffic given back where its file is not whole. One that has ended already is answered as it
   * is.
   */
  async cancel(caller: Caller, linkId: string, downloads: string): Promise<LinkAnswer> {
    assertLinkId(linkId)
    if ((await this.fetches.cancel(caller.accountId, linkId)) === 'unknown') throw new Refusal('link_unknown')
    return this.view(caller, linkId, downloads)
  }
}
