import type { LinkAnswer, ListedLink } from '@obb/contracts'
import { formatDuration } from '../shared/format.js'
import { refusalText } from '../shared/refusals.js'
import { m, sentences } from '../shared/text.js'

export function stateText(state: ListedLink['state']): string {
  switch (state) {
    case 'pending':
      return m.state_pending()
    case 'downloading':
      return m.state_downloading()
    case 'done':
      return m.state_done()
    case 'error':
      return m.state_error()
    case 'ended':
      return m.state_ended()
  }
}

export const STATE_COLORS: Record<ListedLink['state'], string> = {
  pending: 'gray',
  downloading: 'lake',
  done: 'green',
  error: 'red',
  ended: 'gray',
}

/** A link of a list, or by itself. */
export type ShownLink = LinkAnswer &
  Pick<ListedLink, 'state'> &
  Partial<Pick<ListedLink, 'platform' | 'stream'>>

/** Why a link is not there yet, or not any more; undefined where its state says it all. */
export function reasonText(link: ShownLink): string | undefined {
  const { state, error, queue_position: place, attempt, hostDomain, platform: host = hostDomain } = link
  if (error) {
    const retry = error.retry_in_seconds
    const text = refusalText(error.msg)
    return retry === undefined ? text : sentences(text, m.wait_retry({ time: formatDuration(retry) }))
  }
  if (state !== 'pending') return undefined
  if (place !== undefined) return m.wait_place({ place, host })
  return attempt > 0 ? m.wait_again() : m.wait_turn()
}
