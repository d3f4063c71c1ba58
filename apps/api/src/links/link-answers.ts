import { Injectable } from '@nestjs/common'
import type { LinkAnswer } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { HostCatalog } from '@obb/core/hosts'
import { type LinkView, isUnended } from '@obb/core/links'
import { QueuePositions } from '@obb/core/scheduling'
import { linkAnswer } from './link-answer.js'

/** Answers about links, with the place in the queue of those that wait. */
@Injectable()
export class LinkAnswers {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly positions: QueuePositions,
    private readonly clock: Clock,
  ) {}

  /** `downloads`: what download URLs begin with for who asks. */
  async of(link: LinkView, reused: boolean, downloads: string): Promise<LinkAnswer> {
    await this.catalog.refresh()
    const policy = this.catalog.get(link.platform)
    const waits = link.state === 'pending' && isUnended(link)
    const queue = waits ? await this.positions.of(link.fileId, link.accountId) : undefined
    return linkAnswer(link, { policy, downloads, reused, now: this.clock.now(), ...(queue ? { queue } : {}) })
  }
}
