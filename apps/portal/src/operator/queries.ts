import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { PageView } from '@obb/contracts'
import { call } from '../api/call.js'
import type { FileState } from './search.js'

/** What begins the key of every question of these pages: an operation may change the answer to any. */
export const ADMIN = 'admin'
/** How often a page that tells of now asks again, ms. */
const NOW_MS = 15_000
/** The same of what proxies tell anew every two seconds, ms. */
const STREAMS_MS = 5_000
/** Rows of a page where all of a short list is read. */
const ALL = 1_000

type ReadPage<Row> = (page: { after: string | undefined; signal: AbortSignal }) => Promise<PageView<Row>>

/** `everyMs`: how often it is asked again; never unless given. */
function inPages<Row>(key: readonly unknown[], read: ReadPage<Row>, everyMs: number | false = false) {
  return infiniteQueryOptions({
    queryKey: [ADMIN, ...key],
    queryFn: ({ pageParam, signal }) => read({ after: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: PageView<Row>) => next ?? undefined,
    refetchInterval: everyMs,
  })
}

/** Of lists that an operator keeps by hand. */
async function all<Row>(read: (after: string | undefined) => Promise<PageView<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | undefined
  do {
    const page = await read(after)
    rows.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined)
  return rows
}

export const usersQuery = (search: string | undefined) =>
  inPages(['users', search], ({ after, signal }) =>
    call('GET admin/users', { query: { after, search }, signal }),
  )

export const userLinksQuery = (email: string) =>
  inPages(['user-links', email], async ({ after, signal }) => {
    const { links, next } = await call('GET admin/users/links', {
      query: { email, after, limit: 50 },
      signal,
    })
    return { items: links, next }
  })

export const userUsageQuery = (email: string) =>
  queryOptions({
    queryKey: [ADMIN, 'user-usage', email],
    queryFn: ({ signal }) => call('GET admin/users/usage', { query: { email, days: 30 }, signal }),
  })

export const invitationsQuery = inPages(['invitations'], ({ after, signal }) =>
  call('GET admin/invitations', { query: { after }, signal }),
)

export const accountsQuery = queryOptions({
  queryKey: [ADMIN, 'accounts'],
  queryFn: ({ signal }) =>
    all((after) => call('GET admin/accounts', { query: { after, limit: ALL }, signal })),
  refetchInterval: NOW_MS,
})

export const hostsQuery = queryOptions({
  queryKey: [ADMIN, 'hosts'],
  queryFn: ({ signal }) => call('GET admin/hosts', { signal }),
  refetchInterval: NOW_MS,
})

export const hostWordsQuery = queryOptions({
  queryKey: [ADMIN, 'host-words'],
  queryFn: ({ signal }) => call('GET admin/host-words', { signal }),
})

export const doctorQuery = queryOptions({
  queryKey: [ADMIN, 'doctor'],
  queryFn: ({ signal }) => call('GET admin/doctor', { signal }),
  refetchInterval: NOW_MS,
})

export const settingsQuery = queryOptions({
  queryKey: [ADMIN, 'settings'],
  queryFn: ({ signal }) => call('GET admin/settings', { signal }),
})

export const statusPageQuery = queryOptions({
  queryKey: [ADMIN, 'status-page'],
  queryFn: ({ signal }) => call('GET admin/status-page', { signal }),
})

export const queueQuery = queryOptions({
  queryKey: [ADMIN, 'queue'],
  queryFn: ({ signal }) => call('GET admin/queue', { signal }),
  refetchInterval: NOW_MS,
})

export const fetchersQuery = queryOptions({
  queryKey: [ADMIN, 'fetchers'],
  queryFn: ({ signal }) => call('GET admin/fetchers', { signal }),
  refetchInterval: NOW_MS,
})

export const streamsQuery = queryOptions({
  queryKey: [ADMIN, 'streams'],
  queryFn: ({ signal }) => call('GET admin/streams', { query: {}, signal }),
  refetchInterval: STREAMS_MS,
})

export const storeQuery = queryOptions({
  queryKey: [ADMIN, 'store'],
  queryFn: ({ signal }) => call('GET admin/store', { signal }),
  refetchInterval: NOW_MS,
})

export const setUpQuery = queryOptions({
  queryKey: [ADMIN, 'set-up'],
  queryFn: ({ signal }) => call('GET admin/set-up', { signal }),
  refetchInterval: NOW_MS,
})

interface FileFilter {
  search?: string | undefined
  state?: FileState | undefined
}

export const filesQuery = (filter: FileFilter) =>
  inPages(
    ['files', filter],
    ({ after, signal }) => call('GET admin/files', { query: { after, ...filter }, signal }),
    filter.state === 'downloading' || filter.state === 'pending' ? NOW_MS : false,
  )

export const sweepQuery = (id: string) =>
  queryOptions({
    queryKey: [ADMIN, 'sweep', id],
    queryFn: ({ signal }) => call('GET admin/files/sweeps/{id}', { params: { id }, signal }),
    refetchInterval: ({ state }) => (state.data?.finishedAt ? false : 2_000),
  })

export const blocksQuery = inPages(['blocks'], ({ after, signal }) =>
  call('GET admin/blocks', { query: { after }, signal }),
)

interface AuditFilter {
  who?: string | undefined
  what?: string | undefined
  /** ISO 8601 */
  since?: string | undefined
}

export const auditQuery = (filter: AuditFilter) =>
  inPages(['audit', filter], ({ after, signal }) =>
    call('GET admin/audit', { query: { after, ...filter }, signal }),
  )

/** Who was not let in since then, at most a thousand entries. `since`: ISO 8601. */
export const refusedQuery = (since: string) =>
  queryOptions({
    queryKey: [ADMIN, 'refused', since],
    queryFn: async ({ signal }) => {
      const { items } = await call('GET admin/audit', { query: { since, limit: ALL }, signal })
      return items.filter(({ kind }) => kind === 'auth_failure')
    },
  })
