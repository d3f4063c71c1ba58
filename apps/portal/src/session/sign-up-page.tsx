import { Button, Loader, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { call } from '../api/call.js'
import type { InvitationView } from '../api/portal-types.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatTime } from '../shared/format.js'
import { currentLanguage, m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword, isLongEnough } from './new-password.js'
import { useTakeSession } from './session.js'

const route = getRouteApi('/signup')

/** Takes an invitation. */
export function SignUpPage() {
  const { token = '' } = route.useSearch()
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => call('POST invitation', { body: { token }, signal }),
    retry: false,
  })
  return (
    <Entrance
      lead={invitation.data && m.signup_lead({ time: formatTime(invitation.data.expiresAt) })}
      title={m.signup_title()}
    >
      {invitation.isPending && <Loader aria-label={m.loading()} mx="auto" size="sm" />}
      {invitation.error && <ErrorNotice error={invitation.error} onRetry={() => void invitation.refetch()} />}
      {invitation.data && <SignUpForm invitation={invitation.data} token={token} />}
    </Entrance>
  )
}

function SignUpForm({ invitation, token }: { invitation: InvitationView; token: string }) {
  const navigate = useNavigate()
  const takeSession = useTakeSession()
  const [email, setEmail] = useState(invitation.email ?? '')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const signUp = useMutation({
    mutationFn: () => call('POST sign-up', { body: { token, email, password, language: currentLanguage() } }),
    onSuccess: async (session) => {
      takeSession(session)
      await navigate({ to: '/', replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isLongEnough(password)) signUp.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          autoComplete="username"
          label={m.email()}
          onChange={(event) => setEmail(event.currentTarget.value)}
          readOnly={invitation.email !== null}
          required
          type="email"
          value={email}
        />
        <NewPassword isShown={tried} onChange={setPassword} value={password} />
        {signUp.error && <ErrorNotice error={signUp.error} />}
        <Button fullWidth loading={signUp.isPending} type="submit">
          {m.signup_submit()}
        </Button>
      </Stack>
    </form>
  )
}
