import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword, isLongEnough } from './new-password.js'
import { useTakeSession } from './session.js'

const route = getRouteApi('/reset')

/** Takes a new password by the link that an operator made. */
export function ResetPage() {
  const { token = '' } = route.useSearch()
  const navigate = useNavigate()
  const takeSession = useTakeSession()
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const reset = useMutation({
    mutationFn: () => call('POST reset', { body: { token, password } }),
    onSuccess: async (session) => {
      takeSession(session)
      await navigate({ to: '/', replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isLongEnough(password)) reset.mutate()
  }
  return (
    <Entrance lead={m.reset_lead()} title={m.reset_title()}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NewPassword isShown={tried} label={m.password_new()} onChange={setPassword} value={password} />
          {reset.error && <ErrorNotice error={reset.error} />}
          <Button fullWidth loading={reset.isPending} type="submit">
            {m.reset_submit()}
          </Button>
        </Stack>
      </form>
    </Entrance>
  )
}
