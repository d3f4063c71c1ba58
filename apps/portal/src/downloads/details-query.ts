import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ListedLink } from '@obb/contracts'
import { call } from '../api/call.js'

/** Of a link that no list keeps up to date, ms. */
const POLL_MS = 5_000

/** detailsQuery is all that is known of a link. `listed`: as a list has it, which tells when there is something new. */
export function detailsQuery(linkId: string, listed: ListedLink | undefined) {
  return queryOptions({
    queryKey: ['link', linkId, listed?.state, listed?.attempt] as const,
    queryFn: ({ signal }) => call('GET links/{id}', { params: { id: linkId }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      listed === undefined && data && isMoving(data.link) ? POLL_MS : false,
  })
}

const isMoving = ({ state, stream }: ListedLink) =>
  state === 'pending' || state === 'downloading' || stream !== null
