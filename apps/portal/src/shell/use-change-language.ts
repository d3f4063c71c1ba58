import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.js'
import type { Language } from '../api/portal-types.js'
import { sessionQuery } from '../session/session.js'
import { useSetLanguage } from '../shared/text.js'

/** The language of who is signed in: of this page at once, and of their account. */
export function useChangeLanguage(): (language: Language) => void {
  const show = useSetLanguage()
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: (language: Language) => call('PATCH profile', { body: { language } }),
  })
  return (language) => {
    client.setQueryData(sessionQuery.queryKey, (session) =>
      session?.user ? { ...session, user: { ...session.user, language } } : session,
    )
    show(language)
    save.mutate(language)
  }
}
