import { type InfiniteData, type QueryClient, type QueryKey, notifyManager } from '@tanstack/react-query'
import type { AccountAnswer, LinkListAnswer, ListedLink } from '@obb/contracts'
import type { LinkFilter } from '../downloads/link-filter.js'
import { patched } from './patched.js'

/** Between two paints of what came, ms. */
const PAINT_MS = 250
/** After so many streams that failed, lists are asked for again and again instead. */
const MAX_FAILURES = 2
const POLL_MS = 3_000
/** Beside a stream, in case an event was lost. */
const SAFETY_MS = 60_000
/** Before a stream that failed is tried again, ms. */
const RECONNECT_MS = 15_000

let isStreaming = false

/** How often lists are asked for, ms. */
export function pollingInterval(): number {
  return isStreaming ? SAFETY_MS : POLL_MS
}

/** What the stream is told to: see Live. */
interface LiveListener {
  /** A link that came to an end, well or not, while somebody looks on. */
  onEnd: (link: ListedLink) => void
}

/** openLive keeps what is shown up to date by the events of the server. Returns what ends it. */
export function openLive(client: QueryClient, { onEnd }: LiveListener): () => void {
  const links = new Map<string, ListedLink>()
  let trafficLeft: number | undefined
  let source: EventSource | undefined
  let failures = 0
  let paint: ReturnType<typeof setTimeout> | undefined
  let reconnect: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    paint = undefined
    const news = [...links.values()]
    links.clear()
    for (const link of endedOf(client, news)) onEnd(link)
    // Drawn once, however many lists there are.
    notifyManager.batch(() => paintAll(news))
  }
  const paintAll = (news: readonly ListedLink[]) => {
    for (const [key] of client.getQueriesData<InfiniteData<LinkListAnswer>>({ queryKey: ['links'] })) {
      client.setQueryData<InfiniteData<LinkListAnswer>>(
        key,
        (data) => data && patched(data, news, filterOf(key)),
      )
    }
    if (trafficLeft !== undefined) {
      const trafficleft = trafficLeft
      client.setQueryData<AccountAnswer>(['account'], (account) => account && { ...account, trafficleft })
      trafficLeft = undefined
    }
  }
  const soon = () => {
    paint ??= setTimeout(flush, PAINT_MS)
  }
  const connect = () => {
    source = new EventSource('/api/portal/v1/events')
    source.addEventListener('open', () => {
      failures = 0
      isStreaming = true
      // What happened while there was no stream.
      void client.invalidateQueries({ queryKey: ['links'] })
    })
    source.addEventListener('link', ({ data }: MessageEvent<string>) => {
      const link = JSON.parse(data) as ListedLink
      links.set(link.linkId, link)
      soon()
    })
    source.addEventListener('account', ({ data }: MessageEvent<string>) => {
      ;({ trafficLeft } = JSON.parse(data) as { trafficLeft: number })
      soon()
    })
    source.addEventListener('error', () => {
      failures++
      if (failures >= MAX_FAILURES || source?.readyState === EventSource.CLOSED) isStreaming = false
      if (source?.readyState !== EventSource.CLOSED) return // it tries again by itself
      reconnect = setTimeout(connect, RECONNECT_MS)
    })
  }
  connect()
  return () => {
    isStreaming = false
    source?.close()
    clearTimeout(paint)
    clearTimeout(reconnect)
  }
}

const filterOf = (key: QueryKey) => (key[1] ?? {}) as LinkFilter

/** Those that are shown as under way and are over now. */
function endedOf(client: QueryClient, news: readonly ListedLink[]): ListedLink[] {
  const over = news.filter(({ state }) => state === 'done' || state === 'error')
  if (over.length === 0) return []
  const lists = client.getQueriesData<InfiniteData<LinkListAnswer>>({ queryKey: ['links'] })
  const shown = new Map<string, ListedLink['state']>()
  for (const [, data] of lists)
    for (const page of data?.pages ?? [])
      for (const { linkId, state } of page.links) if (!shown.has(linkId)) shown.set(linkId, state)
  return over.filter(({ linkId, state }) => (shown.get(linkId) ?? state) !== state)
}
