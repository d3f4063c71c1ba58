import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '../api/call.js'
import { sessionQuery } from '../session/session.js'
import { commitAll } from '../undo/postponed.js'

/** useSignOut ends the session, and before that does what was asked for and could still be taken back. */
export function useSignOut() {
  const navigate = useNavigate()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      await commitAll()
      return call('DELETE session')
    },
    onSettled: async () => {
      client.clear()
      await navigate({ to: '/signin' })
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
}
