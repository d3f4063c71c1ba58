import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { SessionAnswer } from '@obb/contracts'
import { useState } from 'react'
import { submitting } from '../shared/form.js'
import { isLongEnough } from './new-password.js'
import { useTakeSession } from './session.js'

/**
 * A form by which somebody chooses a password and is signed in: it is sent once the password is long enough. `next`:
 * the page that comes then.
 */
export function useNewPassword(
  send: (password: string) => Promise<SessionAnswer>,
  next: '/' | '/setup' = '/',
) {
  const navigate = useNavigate()
  const takeSession = useTakeSession()
  const [password, setPassword] = useState('')
  const [isShown, setShown] = useState(false)
  const sending = useMutation({
    mutationFn: () => send(password),
    onSuccess: async (session) => {
      takeSession(session)
      await navigate({ to: next, replace: true })
    },
  })
  const submit = submitting(() => {
    setShown(true)
    if (isLongEnough(password)) sending.mutate()
  })
  return { sending, submit, field: { value: password, onChange: setPassword, isShown } }
}
