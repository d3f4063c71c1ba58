import { infiniteQueryOptions } from '@tanstack/react-query'
import type { LinkListAnswer } from '@obb/contracts'
import { call } from '../api/call.js'
import { pollingInterval } from '../live/live.js'
import type { LinkFilter } from './link-filter.js'

/** Links of a page; those under way have one that holds nearly all there can be. */
const PAGE = 100

/** linksQuery is a list of the user's links, the newest first, which live events keep up to date. */
export function linksQuery(filter: LinkFilter) {
  return infiniteQueryOptions({
    queryKey: ['links', filter] as const,
    queryFn: ({ pageParam, signal }) =>
      call('GET links', { query: { ...filter, limit: PAGE, after: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: LinkListAnswer) => next ?? undefined,
    refetchInterval: pollingInterval,
    // What events leave alone stays the same without comparing all of it, several times a second.
    structuralSharing: false,
  })
}
