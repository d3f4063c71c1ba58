import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.js'
import type { Session, SignedIn } from '../api/portal-types.js'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => call('GET session', { signal }),
  staleTime: 60_000,
})

/** The user of a page that only a signed-in person sees. */
export function useUser(): SignedIn {
  const { data } = useQuery(sessionQuery)
  if (!data?.user) throw new Error('nobody is signed in')
  return data.user
}

/** useTakeSession takes over a session that was just begun, and forgets what was known of another one. */
export function useTakeSession(): (session: Session) => void {
  const client = useQueryClient()
  return (session) => {
    client.clear()
    client.setQueryData(sessionQuery.queryKey, session)
  }
}
