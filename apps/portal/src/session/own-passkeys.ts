import { queryOptions, useQuery } from '@tanstack/react-query'
import { call } from '../api/call.js'
import type { PasskeyView } from '../api/portal-types.js'
import { hasPasskeys } from './passkeys.js'
import { sessionQuery } from './session.js'

export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: ({ signal }) => call('GET passkeys', { signal }),
})

/** Whether a passkey is for the name of this server that the browser has come by. */
export const isHere = ({ rpId }: PasskeyView) => rpId === location.hostname

/** Whether the user has a passkey that works here. */
export function useHasPasskeyHere(): boolean {
  const { data: session } = useQuery(sessionQuery)
  const works = hasPasskeys(session)
  const { data: passkeys } = useQuery({ ...passkeysQuery, enabled: works })
  return works && (passkeys?.some(isHere) ?? false)
}
