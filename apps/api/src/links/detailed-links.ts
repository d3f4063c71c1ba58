import { Injectable } from '@nestjs/common'
import { type LinkDetails, Refusal } from '@obb/contracts'
import { LinkTimeline } from '@obb/core/links'
import { TrafficHistory } from '@obb/core/traffic'
import { assertLinkId } from './caller-links.js'
import { ListedLinks } from './listed-links.js'

/** One link, with what happened to it and what it cost. */
@Injectable()
export class DetailedLinks {
  constructor(
    private readonly timeline: LinkTimeline,
    private readonly traffic: TrafficHistory,
    private readonly listed: ListedLinks,
  ) {}

  /** Raises Refusal `link_unknown` for an unknown id and for another account's. `downloads`: as for `LinkAnswers.of`. */
  async of(accountId: string, linkId: string, downloads: string | null): Promise<LinkDetails> {
    assertLinkId(linkId)
    const known = await this.timeline.of(accountId, linkId)
    if (!known) throw new Refusal('link_unknown')
    const [link] = await this.listed.of([known.link], downloads)
    const costs = await this.traffic.ofLink(accountId, linkId)
    return {
      link: link!,
      timeline: known.events.map(({ at, what }) => ({ at: at.getTime(), what })),
      gave_way: known.gaveWay,
      costs: costs.map(({ kind, bytes, at }) => ({ kind, amount: bytes, at: at.getTime() })),
    }
  }
}
