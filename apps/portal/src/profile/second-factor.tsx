import { Alert, Code, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.js'
import { sessionQuery, useUser } from '../session/session.js'
import { CopyButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Submit, submitting } from '../shared/form.js'
import { QrCode } from '../shared/qr-code.js'
import { CodeInput, CurrentPassword } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'

/** Codes of an app beside the password: on, and off again. */
export function SecondFactor() {
  const { totp: isOn } = useUser()
  const [recoveryCodes, setRecoveryCodes] = useState<string[]>()
  return (
    <Stack gap="md" maw={420}>
      <Title order={2} size="h4">
        {m.totp()}
      </Title>
      <Text c="dimmed" size="sm">
        {isOn ? m.totp_is_on() : m.totp_lead()}
      </Text>
      {recoveryCodes && <RecoveryCodes codes={recoveryCodes} onClose={() => setRecoveryCodes(undefined)} />}
      {isOn ? <TurnOff onOff={() => setRecoveryCodes(undefined)} /> : <TurnOn onOn={setRecoveryCodes} />}
    </Stack>
  )
}

function TurnOn({ onOn }: { onOn: (recoveryCodes: string[]) => void }) {
  const client = useQueryClient()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const start = useMutation({
    mutationFn: () => call('POST totp', { body: { password } }),
    onSuccess: () => setPassword(''),
  })
  const confirm = useMutation({
    mutationFn: () => call('POST totp/confirm', { body: { code } }),
    onSuccess: ({ recoveryCodes }) => {
      onOn(recoveryCodes)
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
  if (!start.data)
    return (
      <form onSubmit={submitting(start.mutate)}>
        <Stack gap="md">
          <CurrentPassword onChange={setPassword} value={password} />
          {start.error && <ErrorNotice error={start.error} />}
          <Submit loading={start.isPending}>{m.totp_start()}</Submit>
        </Stack>
      </form>
    )
  const { secret, uri } = start.data
  return (
    <form onSubmit={submitting(confirm.mutate)}>
      <Stack gap="md">
        <Text size="sm">{m.totp_enter()}</Text>
        <QrCode label={m.totp_qr()} text={uri} />
        <Shown copy={m.totp_copy_secret()} text={secret} />
        <CopyButton label={m.totp_copy_uri()} text={uri} />
        <CodeInput hint={m.totp_first_code_hint()} onChange={setCode} value={code} />
        {confirm.error && <ErrorNotice error={confirm.error} />}
        <Submit loading={confirm.isPending}>{m.totp_confirm()}</Submit>
      </Stack>
    </form>
  )
}

function TurnOff({ onOff }: { onOff: () => void }) {
  const client = useQueryClient()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const end = useMutation({
    mutationFn: () => call('DELETE totp', { body: { password, code } }),
    onSuccess: () => {
      onOff()
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
  return (
    <form onSubmit={submitting(end.mutate)}>
      <Stack gap="md">
        <CurrentPassword onChange={setPassword} value={password} />
        <CodeInput onChange={setCode} value={code} />
        {end.error && <ErrorNotice error={end.error} />}
        <Submit color="red" loading={end.isPending}>
          {m.totp_end()}
        </Submit>
      </Stack>
    </form>
  )
}

function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const text = codes.join('\n')
  return (
    <Alert
      closeButtonLabel={m.close()}
      color="green"
      onClose={onClose}
      role="status"
      title={m.totp_recovery()}
      variant="light"
      withCloseButton
    >
      <Stack gap="xs">
        <Text size="sm">{m.totp_recovery_hint()}</Text>
        <Shown copy={m.totp_copy_recovery()} text={text} />
      </Stack>
    </Alert>
  )
}

function Shown({ text, copy }: { text: string; copy: string }) {
  return (
    <Stack gap="xs">
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} tabIndex={0}>
        {text}
      </Code>
      <Group>
        <CopyButton label={copy} text={text} />
      </Group>
    </Stack>
  )
}
