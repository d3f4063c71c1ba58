import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Suspense, lazy, useState } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { currentLanguage, m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { Entrance } from './entrance.js'
import { NewPassword } from './new-password.js'
import { sessionQuery } from './session.js'
import { signInPath } from './sign-in-path.js'
import { useNewPassword } from './use-new-password.js'

const SetUpGuide = lazy(async () => ({ default: (await import('../operator/set-up/guide.js')).SetUpGuide }))

/**
 * Makes the first operator of a fresh server, by the code in the terminal that it was started in; then operators are
 * led through the rest.
 */
export function SetUpPage() {
  const { data: session, error, refetch } = useQuery(sessionQuery)
  const [code, setCode] = useState('')
  const [email, setEmail] = useState('')
  const { sending, submit, field } = useNewPassword(
    (password) =>
      call('POST set-up', { body: { code: code.trim(), email, password, language: currentLanguage() } }),
    '/setup',
  )
  if (!session) {
    if (!error) return <Pending />
    return (
      <Entrance title={m.setup_title()}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Entrance>
    )
  }
  if (session.user?.role === 'operator') {
    return (
      <Suspense fallback={<Pending />}>
        <SetUpGuide />
      </Suspense>
    )
  }
  if (!session.setUp && sending.isIdle) {
    return (
      <Entrance title={m.setup_title()}>
        <Alert color="gray" variant="light">
          {m.setup_done()}
        </Alert>
        {session.user ? (
          <Anchor component={Link} to="/">
            {m.home()}
          </Anchor>
        ) : (
          <Anchor href={signInPath('/setup')}>{m.signin()}</Anchor>
        )}
      </Entrance>
    )
  }
  return (
    <Entrance lead={m.setup_lead()} title={m.setup_title()}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            autoComplete="off"
            autoFocus
            description={m.setup_code_hint()}
            label={m.setup_code()}
            onChange={(event) => setCode(event.currentTarget.value)}
            required
            spellCheck={false}
            value={code}
          />
          <TextInput
            autoComplete="username"
            label={m.email()}
            onChange={(event) => setEmail(event.currentTarget.value)}
            required
            type="email"
            value={email}
          />
          <NewPassword {...field} />
          {sending.error && <ErrorNotice error={sending.error} />}
          <Button fullWidth loading={sending.isPending} type="submit">
            {m.setup_submit()}
          </Button>
          <Text c="dimmed" size="xs">
            {m.setup_after()}
          </Text>
        </Stack>
      </form>
    </Entrance>
  )
}
