import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

/** What begins the key of everything that operators let everybody know. */
export const PUBLIC = 'public'

const ANNOUNCEMENT_MS = 60_000
const STATUS_MS = 30_000

export const announcementQuery = queryOptions({
  queryKey: [PUBLIC, 'announcement'],
  queryFn: ({ signal }) => call('GET announcement', { signal }),
  refetchInterval: ANNOUNCEMENT_MS,
  staleTime: ANNOUNCEMENT_MS,
})

export const statusQuery = queryOptions({
  queryKey: [PUBLIC, 'status'],
  queryFn: ({ signal }) => call('GET status', { signal }),
  refetchInterval: STATUS_MS,
  retry: false,
})
