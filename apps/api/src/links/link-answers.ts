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

  /** `downloads`: what download URLs begin with for who asks; null: who asks is told none. */
  async of(link: LinkView, reused: boolean, downloads: string | null): Promise<LinkAnswer> {
    const [answer] = await this.all([link], reused, downloads)
    return answer!
  }

  /** The same of many at once, in their order. */
  async all(links: readonly LinkView[], reused: boolean, downloads: string | null): Promise<LinkAnswer[]> {
    await this.catalog.refresh()
    const waiting = links.filter((link) => link.state === 'pending' && isUnended(link))
    const positions = await this.positions.all(waiting)
    const queues = new Map(waiting.map(({ id }, at) => [id, positions[at]]))
    const now = this.clock.now()
    return links.map((link) => {
      const policy = this.catalog.get(link.platform)
      const queue = queues.get(link.id)
      return linkAnswer(link, { policy, downloads, reused, now, ...(queue ? { queue } : {}) })
    })
  }
}
