import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { currentLanguage, m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword, isLongEnough } from './new-password.js'
import { sessionQuery, useTakeSession } from './session.js'

/** Makes the first operator of a fresh server; the code is in the terminal that it was started in. */
export function SetUpPage() {
  const navigate = useNavigate()
  const takeSession = useTakeSession()
  const { data: session } = useQuery(sessionQuery)
  const [code, setCode] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const setUp = useMutation({
    mutationFn: () =>
      call('POST set-up', { body: { code: code.trim(), email, password, language: currentLanguage() } }),
    onSuccess: async (session) => {
      takeSession(session)
      await navigate({ to: '/', replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isLongEnough(password)) setUp.mutate()
  }
  if (session && !session.setUp && setUp.isIdle) {
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
          <NewPassword isShown={tried} onChange={setPassword} value={password} />
          {setUp.error && <ErrorNotice error={setUp.error} />}
          <Button fullWidth loading={setUp.isPending} type="submit">
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
