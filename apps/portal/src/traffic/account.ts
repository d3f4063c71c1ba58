import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => call('GET account', { signal }),
  refetchInterval: 60_000,
})
