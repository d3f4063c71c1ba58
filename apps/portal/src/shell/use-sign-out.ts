import { useMutation } from '@tanstack/react-query'
import { call } from '../api/call.js'
import { SIGN_IN } from '../session/sign-in-path.js'
import { commitAll } from '../undo/postponed.js'

/** useSignOut ends the session, and before that does what was asked for and could still be taken back. */
export function useSignOut() {
  return useMutation({
    mutationFn: async () => {
      await commitAll()
      return call('DELETE session')
    },
    // With the page goes all that it knows.
    onSettled: () => location.assign(SIGN_IN),
  })
}
