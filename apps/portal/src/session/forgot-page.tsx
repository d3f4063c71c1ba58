import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { submitting } from '../shared/form.js'
import { currentLanguage, m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { sessionQuery } from './session.js'
import { SIGN_IN } from './sign-in-path.js'

/** Asks for a link to set a new password; whether there is such an account is told to the mailbox alone. */
export function ForgotPage() {
  const { data: session } = useQuery(sessionQuery)
  const [email, setEmail] = useState('')
  const asking = useMutation({
    mutationFn: () => call('POST reset/request', { body: { email, language: currentLanguage() } }),
  })
  useEffect(() => {
    if (session?.mail === false) location.replace(SIGN_IN)
  }, [session])
  const back = (
    <Anchor href={SIGN_IN} size="sm">
      {m.forgot_back()}
    </Anchor>
  )
  if (asking.isSuccess) {
    return (
      <Entrance title={m.forgot_sent_title()}>
        <Stack gap="md" role="status">
          <Text size="sm">{m.forgot_sent({ email })}</Text>
          <Text c="dimmed" size="sm">
            {m.forgot_sent_hint()}
          </Text>
          {back}
        </Stack>
      </Entrance>
    )
  }
  return (
    <Entrance lead={m.forgot_lead()} title={m.forgot_title()}>
      <form onSubmit={submitting(() => asking.mutate())}>
        <Stack gap="md">
          <TextInput
            autoComplete="username"
            autoFocus
            label={m.email()}
            onChange={(event) => setEmail(event.currentTarget.value)}
            required
            type="email"
            value={email}
          />
          {asking.error && <ErrorNotice error={asking.error} />}
          <Button fullWidth loading={asking.isPending} type="submit">
            {m.forgot_submit()}
          </Button>
          {back}
        </Stack>
      </form>
    </Entrance>
  )
}
