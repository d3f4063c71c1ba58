import { queryOptions } from '@tanstack/react-query'
import type { SetUpView } from '@obb/contracts'

/**
 * Whether this browser finds a server at an address. `blocked`: a page that came over TLS may not ask what has none.
 * `untold`: a page may not ask an address of IPv6.
 */
export type Reach = 'reached' | 'unreached' | 'blocked' | 'untold'

/** A path that only API, or only downloads, answer: also where a reverse proxy has both under one name. */
const HEALTH = { api: '/health', proxy: '/download/health' } as const
const TIMEOUT_MS = 5_000

export const reachQuery = ({ api, proxy }: SetUpView['addresses']) =>
  queryOptions({
    queryKey: ['reach', api.url, proxy.url],
    queryFn: async () => {
      const [ofApi, ofProxy] = await Promise.all([
        reach(api.url + HEALTH.api),
        reach(proxy.url + HEALTH.proxy),
      ])
      return { api: ofApi, proxy: ofProxy }
    },
    refetchOnWindowFocus: true,
  })

async function reach(url: string): Promise<Reach> {
  const { protocol, hostname } = new URL(url)
  if (location.protocol === 'https:' && protocol === 'http:') return 'blocked'
  if (hostname.startsWith('[')) return 'untold'
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(url, { mode: 'cors', credentials: 'omit', cache: 'no-store', signal })
    const answer = (await response.json()) as { data?: { status?: unknown } }
    return response.ok && answer.data?.status === 'ok' ? 'reached' : 'unreached'
  } catch {
    return 'unreached' // nobody there, or somebody else
  }
}

/** Whether only the machine itself finds a server by this address. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}
