import { QueryClient } from '@tanstack/react-query'
import { ApiFailure } from './failure.js'

/** How often a question that may pass by itself is asked again before the page says so. */
const RETRIES = 2

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < RETRIES && error instanceof ApiFailure && error.isPassing,
    },
  },
})

/** askAnew has the pages ask anew for all they show; who is signed in stays the same. */
export function askAnew(): Promise<void> {
  return queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
}
