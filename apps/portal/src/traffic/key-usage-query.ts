import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

/** keyUsageQuery is what each key used in the last days, with today. */
export const keyUsageQuery = (days: number) =>
  queryOptions({
    queryKey: ['key-usage', days],
    queryFn: ({ signal }) => call('GET usage/keys', { query: { days }, signal }),
  })
