import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useEffect, useState } from 'react'
import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'
import { submitting } from '../shared/form.js'
import { CodeInput, CurrentPassword } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { hasPasskeys } from './passkeys.js'
import { isSecondFactorNeeded, isSecondFactorWrong, needsCode } from './second-factor.js'
import { sessionQuery } from './session.js'
import { nextPath } from './sign-in-path.js'
import { usePasskeySignIn } from './use-passkey-sign-in.js'

/** Most people see none of these: they are loaded when they are to be shown, with the texts of all refusals. */
const ErrorNotice = lazy(async () => ({ default: (await import('../shared/error-notice.js')).ErrorNotice }))

const PasskeyError = lazy(async () => ({ default: (await import('./passkey-error.js')).PasskeyError }))

const readOpenId = () => import('./open-id.js')
const OpenIdButton = lazy(async () => ({ default: (await readOpenId()).OpenIdButton }))
const OpenIdError = lazy(async () => ({ default: (await readOpenId()).OpenIdError }))

/** Before the portal: once somebody is signed in it is loaded anew, and knows nothing of who was here before. */
export function SignInPage() {
  const { data: session } = useQuery(sessionQuery)
  const next = nextPath(location.search)
  const failure = new URLSearchParams(location.search).get('error')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const signIn = useMutation({
    mutationFn: () => call('POST session', { body: { email, password, ...(code !== '' && { code }) } }),
    onSuccess: () => location.replace(next),
  })
  const isOffered = hasPasskeys(session)
  const passkey = usePasskeySignIn(isOffered && signIn.isIdle, () => location.replace(next))
  const asksForCode = needsCode(signIn.error) || code !== ''
  useEffect(() => {
    if (session?.user) location.replace(next)
    else if (session?.setUp) location.replace('/setup')
  }, [session, next])
  return (
    <Entrance lead={m.signin_lead()} title={m.signin_title()}>
      {failure !== null && (
        <Suspense>
          <OpenIdError cause={failure} />
        </Suspense>
      )}
      <form onSubmit={submitting(() => signIn.mutate())}>
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
          <CurrentPassword label={m.password()} onChange={setPassword} value={password} />
          {asksForCode && <CodeInput autoFocus onChange={setCode} value={code} />}
          {signIn.error && !isSecondFactorNeeded(signIn.error) && <SignInError error={signIn.error} />}
          <Button fullWidth loading={signIn.isPending || signIn.isSuccess} type="submit">
            {m.signin()}
          </Button>
          {isOffered && (
            <Button fullWidth loading={passkey.isBusy} onClick={passkey.sign} variant="default">
              {m.signin_passkey()}
            </Button>
          )}
          {passkey.error && (
            <Suspense>
              <PasskeyError error={passkey.error} />
            </Suspense>
          )}
          {session?.mail === true ? (
            <Anchor href="/forgot" size="sm">
              {m.signin_forgot()}
            </Anchor>
          ) : (
            <Text c="dimmed" size="xs">
              {m.signin_help()}
            </Text>
          )}
        </Stack>
      </form>
      {session?.signInWith.includes('oidc') && (
        <Suspense>
          <OpenIdButton returnTo={next} />
        </Suspense>
      )}
    </Entrance>
  )
}

function SignInError({ error }: { error: Error }) {
  const isWrong = error instanceof ApiFailure && error.http === 401
  if (!isWrong)
    return (
      <Suspense>
        <ErrorNotice error={error} />
      </Suspense>
    )
  return (
    <Text c="var(--mantine-color-error)" role="alert" size="sm">
      {isSecondFactorWrong(error) ? m.signin_code_wrong() : m.signin_wrong()}
    </Text>
  )
}
