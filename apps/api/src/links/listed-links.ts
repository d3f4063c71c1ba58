import { Injectable } from '@nestjs/common'
import {
  type LinkAnswer,
  type LinkListAnswer,
  type LinkListQuery,
  type ListedLink,
  Refusal,
} from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { HostCatalog } from '@obb/core/hosts'
import { type LinkKey, LinkList, type ListedLinkView, linkState } from '@obb/core/links'
import { type Stream, Streams, type StreamsNow } from '@obb/core/streams'
import { z } from 'zod'
import { cursorOf, keyIn, timeKey } from '../http/pages.js'
import { LinkAnswers } from './link-answers.js'

const KEY = z.tuple([timeKey, z.string().regex(/^[0-9A-Za-z]{1,64}$/)])

/** Pages of an account's links, each as it is told alone. */
@Injectable()
export class ListedLinks {
  constructor(
    private readonly list: LinkList,
    private readonly answers: LinkAnswers,
    private readonly catalog: HostCatalog,
    private readonly clock: Clock,
    private readonly streams: Streams,
  ) {}

  /** Raises Refusal `request_invalid` for a platform that is not there, and for an `after` of no page. */
  async page(accountId: string, query: LinkListQuery, downloads: string | null): Promise<LinkListAnswer> {
    const { state, search, limit } = query
    const key = keyIn(query.after, KEY)
    const filter = {
      ...{ state, search, platform: await this.platformOf(query.platform) },
      ...{ since: dateIn(query.since), until: dateIn(query.until), package: query.package, key: query.key },
    }
    const { links, next } = await this.list.page(accountId, filter, limit, key as LinkKey | undefined)
    return { links: await this.of(links, downloads), next: next ? cursorOf(next) : null }
  }

  /** As they are told in a page. `downloads`: as for `LinkAnswers.of`. */
  async of(links: readonly ListedLinkView[], downloads: string | null): Promise<ListedLink[]> {
    const answers = await this.answers.all(links, false, downloads)
    const now = this.clock.now()
    const { streams } = links.length > 0 ? await this.streams.now() : NONE
    return answers.map((answer, at) =>
      listedLink(answer, links[at]!, { now, stream: streams.get(answer.linkId) }),
    )
  }

  private async platformOf(named: string | undefined): Promise<string | undefined> {
    if (named === undefined) return undefined
    await this.catalog.refresh()
    const wanted = named.toLowerCase()
    const platforms = this.catalog.all()
    const policy =
      platforms.find(({ platform }) => platform.toLowerCase() === wanted) ??
      platforms.find(({ domains }) => domains.includes(wanted))
    if (policy) return policy.platform
    throw new Refusal('request_invalid', {
      details: [
        `platform: ${JSON.stringify(named)} is neither a platform nor a hostname of one; see /hosts.`,
      ],
    })
  }
}

const NONE: Pick<StreamsNow, 'streams'> = { streams: new Map() }

const dateIn = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

function listedLink(
  answer: LinkAnswer,
  link: ListedLinkView,
  { now, stream }: { now: number; stream: Stream | undefined },
): ListedLink {
  return {
    ...answer,
    state: linkState(link, now),
    platform: link.platform,
    package: link.package,
    keyId: link.keyId,
    key: link.keyName,
    created_at: link.createdAt.getTime(),
    ended_at: link.endedAt?.getTime() ?? null,
    stream: stream ? streamOf(stream, link.size) : null,
  }
}

function streamOf(
  { distinct, bytesPerSecond, connections, since }: Stream,
  size: number,
): ListedLink['stream'] {
  const progress = size > 0 ? Math.min(1, distinct / size) : 0
  return { progress, bytes_per_second: bytesPerSecond, connections, since }
}
