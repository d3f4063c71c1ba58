import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, Navigate, getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { OpenIdButton, OpenIdError } from './open-id.js'
import { PasskeyError } from './passkey-error.js'
import { hasPasskeys } from './passkeys.js'
import { isSecondFactorNeeded, isSecondFactorWrong, needsCode } from './second-factor.js'
import { sessionQuery, useTakeSession } from './session.js'
import { usePasskeySignIn } from './use-passkey-sign-in.js'

const route = getRouteApi('/signin')

export function SignInPage() {
  const { next = '/', error } = route.useSearch()
  const navigate = useNavigate()
  const takeSession = useTakeSession()
  const { data: session } = useQuery(sessionQuery)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const signIn = useMutation({
    mutationFn: () => call('POST session', { body: { email, password, ...(code !== '' && { code }) } }),
    onSuccess: async (session) => {
      takeSession(session)
      await navigate({ to: next, replace: true })
    },
  })
  const isOffered = hasPasskeys(session)
  const passkey = usePasskeySignIn(isOffered && signIn.isIdle)
  const asksForCode = needsCode(signIn.error) || code !== ''
  if (session?.setUp && session.user === null) return <Navigate replace to="/setup" />
  if (session?.user && signIn.isIdle) return <Navigate replace to={next} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  return (
    <Entrance lead={m.signin_lead()} title={m.signin_title()}>
      {error !== undefined && <OpenIdError cause={error} />}
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            autoComplete={isOffered ? 'username webauthn' : 'username'}
            autoFocus
            label={m.email()}
            onChange={(event) => setEmail(event.currentTarget.value)}
            required
            type="email"
            value={email}
          />
          <PasswordInput
            autoComplete="current-password"
            label={m.password()}
            onChange={(event) => setPassword(event.currentTarget.value)}
            required
            value={password}
            visibilityToggleButtonProps={{
              'aria-label': m.password_show(),
              'aria-hidden': false,
              tabIndex: 0,
            }}
          />
          {asksForCode && (
            <TextInput
              autoComplete="one-time-code"
              autoFocus
              description={m.signin_code_hint()}
              label={m.signin_code()}
              onChange={(event) => setCode(event.currentTarget.value)}
              required
              value={code}
            />
          )}
          {signIn.error && !isSecondFactorNeeded(signIn.error) && <SignInError error={signIn.error} />}
          <Button fullWidth loading={signIn.isPending} type="submit">
            {m.signin()}
          </Button>
          {isOffered && (
            <Button fullWidth loading={passkey.isBusy} onClick={passkey.sign} variant="default">
              {m.signin_passkey()}
            </Button>
          )}
          {passkey.error && <PasskeyError error={passkey.error} />}
          {session?.mail === true ? (
            <Anchor component={Link} size="sm" to="/forgot">
              {m.signin_forgot()}
            </Anchor>
          ) : (
            <Text c="dimmed" size="xs">
              {m.signin_help()}
            </Text>
          )}
        </Stack>
      </form>
      {session?.signInWith.includes('oidc') && <OpenIdButton returnTo={next} />}
    </Entrance>
  )
}

function SignInError({ error }: { error: Error }) {
  const isWrong = error instanceof ApiFailure && error.http === 401
  if (!isWrong) return <ErrorNotice error={error} />
  return (
    <Text c="var(--mantine-color-error)" role="alert" size="sm">
      {isSecondFactorWrong(error) ? m.signin_code_wrong() : m.signin_wrong()}
    </Text>
  )
}
