import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { currentLanguage, m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword } from './new-password.js'
import { sessionQuery } from './session.js'
import { useNewPassword } from './use-new-password.js'

/** Makes the first operator of a fresh server; the code is in the terminal that it was started in. */
export function SetUpPage() {
  const { data: session } = useQuery(sessionQuery)
  const [code, setCode] = useState('')
  const [email, setEmail] = useState('')
  const { sending, submit, field } = useNewPassword((password) =>
    call('POST set-up', { body: { code: code.trim(), email, password, language: currentLanguage() } }),
  )
  if (session && !session.setUp && sending.isIdle) {
    return (
      <Entrance title={m.setup_title()}>
        <Alert color="gray" variant="light">
          {m.setup_done()}
        </Alert>
        <Anchor component={Link} to="/signin">
          {m.signin()}
        </Anchor>
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
