import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

export const hostsQuery = queryOptions({
  queryKey: ['hosts'],
  queryFn: ({ signal }) => call('GET hosts/grouped', { signal }),
  staleTime: 60_000,
})
