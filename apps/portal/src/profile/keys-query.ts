import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => call('GET keys', { signal }),
})
