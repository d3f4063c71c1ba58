import { Anchor, Button, Loader, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'
import type { InvitationView } from '../api/portal-types.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatTime } from '../shared/format.js'
import { currentLanguage, m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword } from './new-password.js'
import { OpenIdButton } from './open-id.js'
import { sessionQuery } from './session.js'
import { SIGN_IN } from './sign-in-path.js'
import { useNewPassword } from './use-new-password.js'

const route = getRouteApi('/signup')

/** A link that is used or too old stays so. */
const isPassing = (error: Error) => !(error instanceof ApiFailure) || error.isPassing

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
      {invitation.isPending && <Loader aria-label={m.loading()} mx="auto" role="status" size="sm" />}
      {invitation.error && (
        <>
          <ErrorNotice
            error={invitation.error}
            {...(isPassing(invitation.error) && { onRetry: () => void invitation.refetch() })}
          />
          <Anchor href={SIGN_IN} size="sm">
            {m.signup_have_account()}
          </Anchor>
        </>
      )}
      {invitation.data && <SignUpForm invitation={invitation.data} token={token} />}
    </Entrance>
  )
}

function SignUpForm({ invitation, token }: { invitation: InvitationView; token: string }) {
  const { data: session } = useQuery(sessionQuery)
  const [email, setEmail] = useState(invitation.email ?? '')
  const { sending, submit, field } = useNewPassword((password) =>
    call('POST sign-up', { body: { token, email, password, language: currentLanguage() } }),
  )
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
        <NewPassword {...field} />
        {sending.error && <ErrorNotice error={sending.error} />}
        <Button fullWidth loading={sending.isPending} type="submit">
          {m.signup_submit()}
        </Button>
        {session?.oidcSignUp && <OpenIdButton invitation={token} />}
      </Stack>
    </form>
  )
}
