import { Alert, Anchor, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import type { DeviceWaiting } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../api/call.js'
import type { KeyScope } from '../api/portal-types.js'
import { KeyFields } from '../profile/key-fields.js'
import { ALL_SCOPES } from '../profile/scopes.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Facts } from '../shared/facts.js'
import { ExactTime } from '../shared/figures.js'
import { Submit, submitting } from '../shared/form.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'

const route = getRouteApi('/frame/device')

/** Gives a client without a browser a key: by the code that it shows, or by the link that it shows with the code. */
export function DevicePage() {
  const { code: given = '' } = route.useSearch()
  const [code, setCode] = useState(given)
  const find = useMutation({ mutationFn: () => call('POST device', { body: { code } }) })
  return (
    <>
      <PageHeader lead={m.device_lead()} title={m.device_title()} />
      {find.data ? (
        <Answer
          code={code}
          onAnother={() => {
            setCode('')
            find.reset()
          }}
          waiting={find.data}
        />
      ) : (
        <form onSubmit={submitting(find.mutate)}>
          <Stack gap="md" maw={420}>
            <TextInput
              autoCapitalize="characters"
              autoComplete="off"
              autoFocus
              label={m.device_code()}
              maxLength={16}
              onChange={(event) => setCode(event.currentTarget.value)}
              placeholder="XXXX-XXXX"
              required
              spellCheck={false}
              styles={{
                input: { fontFamily: 'var(--mantine-font-family-monospace)', letterSpacing: '0.1em' },
              }}
              value={code}
            />
            {find.error && <ErrorNotice error={find.error} />}
            <Submit loading={find.isPending}>{m.device_next()}</Submit>
          </Stack>
        </form>
      )}
    </>
  )
}

interface AnswerProps {
  code: string
  waiting: DeviceWaiting
  onAnother: () => void
}

/** For whoever goes by keyboard, or hears the page: what takes the place of a form takes its focus. */
const takeFocus = (element: HTMLElement | null) => element?.focus()

/** Who asks, and what it is to have. */
function Answer({ code, waiting, onAnother }: AnswerProps) {
  const [name, setName] = useState(waiting.name)
  const [scopes, setScopes] = useState<string[]>(ALL_SCOPES)
  const allow = useMutation({
    mutationFn: () => call('POST device/allow', { body: { code, name, scopes: scopes as KeyScope[] } }),
  })
  const deny = useMutation({ mutationFn: () => call('POST device/deny', { body: { code } }) })
  const isAnswered = allow.isSuccess || deny.isSuccess
  if (isAnswered)
    return (
      <Stack gap="md" maw={520}>
        <Alert
          color={allow.isSuccess ? 'green' : 'gray'}
          ref={takeFocus}
          role="status"
          tabIndex={-1}
          variant="light"
        >
          {allow.isSuccess ? m.device_allowed({ name: waiting.name }) : m.device_denied()}
        </Alert>
        <Group>
          <Anchor component={Link} to="/profile">
            {m.device_profile()}
          </Anchor>
          <Button onClick={onAnother} variant="default">
            {m.device_another()}
          </Button>
        </Group>
      </Stack>
    )
  const error = allow.error ?? deny.error
  return (
    <Paper maw={520} p="lg" radius="md" withBorder>
      <form onSubmit={submitting(allow.mutate)}>
        <Stack gap="md">
          <Title order={2} ref={takeFocus} size="h4" tabIndex={-1}>
            {m.device_asks({ name: waiting.name })}
          </Title>
          <Facts
            facts={[
              [m.device_code(), code.toUpperCase()],
              [m.device_client(), waiting.client],
              [m.device_from(), waiting.address],
              [m.device_since(), <ExactTime at={waiting.createdAt} key="since" />],
            ]}
          />
          <Text size="sm">{m.device_warning()}</Text>
          <KeyFields name={name} onName={setName} onScopes={setScopes} scopes={scopes} />
          {error && <ErrorNotice error={error} />}
          <Group>
            <Button disabled={scopes.length === 0} loading={allow.isPending} type="submit">
              {m.device_allow()}
            </Button>
            <Button loading={deny.isPending} onClick={() => deny.mutate()} variant="default">
              {m.device_deny()}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
