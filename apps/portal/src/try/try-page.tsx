import {
  Alert,
  Code,
  Group,
  NativeSelect,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Textarea,
  Title,
} from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { CopyButton } from '../shared/copy.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Submit, submitting } from '../shared/form.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import {
  type ApiDocument,
  type DocumentedCall,
  type PreparedRequest,
  curlCommand,
  documentedCalls,
  prepareRequest,
} from './documented-calls.js'
import { type TriedAnswer, readDocument, sendTried } from './try-call.js'

const route = getRouteApi('/frame/try')
const WIDTH = 720

/** Asks this server as a program would, with a key, by a form made of the documentation. */
export function TryPage() {
  const document = useQuery({ queryKey: ['openapi'], queryFn: readDocument, staleTime: Infinity })
  return (
    <>
      <PageHeader lead={m.try_lead()} title={m.try_title()} />
      {document.error && <ErrorNotice error={document.error} />}
      {document.data && <Calls document={document.data} />}
    </>
  )
}

function Calls({ document }: { document: ApiDocument }) {
  const navigate = route.useNavigate()
  const { call: chosen } = route.useSearch()
  const [apiKey, setApiKey] = useState('')
  const calls = documentedCalls(document)
  const call = calls.find(({ id }) => id === chosen) ?? calls[0]
  return (
    <Stack gap="md" maw={WIDTH}>
      <PasswordInput
        autoComplete="off"
        description={m.try_key_hint()}
        label={m.try_key()}
        onChange={(event) => setApiKey(event.currentTarget.value.trim())}
        placeholder="obb_…"
        spellCheck={false}
        value={apiKey}
      />
      <NativeSelect
        data={calls.map(({ id, method, path }) => ({ value: id, label: `${method} ${path}` }))}
        label={m.try_call()}
        onChange={(event) => void navigate({ search: { call: event.currentTarget.value }, replace: true })}
        value={call?.id}
      />
      {call && <CallForm apiKey={apiKey} call={call} key={call.id} />}
    </Stack>
  )
}

function CallForm({ call, apiKey }: { call: DocumentedCall; apiKey: string }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [body, setBody] = useState(call.example ?? '')
  const send = useMutation({ mutationFn: (request: PreparedRequest) => sendTried(request, apiKey) })
  const request = requestOf(call, values, body)
  return (
    <form onSubmit={submitting(() => request && send.mutate(request))}>
      <Stack gap="md">
        <Text size="sm">{call.summary}</Text>
        {call.parameters.map(({ name, description, required = false }) => (
          <TextInput
            description={description}
            key={name}
            label={name}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
            required={required}
            spellCheck={false}
            value={values[name] ?? ''}
          />
        ))}
        {call.example !== undefined && (
          <Textarea
            autosize
            error={request ? undefined : m.try_no_json()}
            label={m.try_body()}
            maxRows={20}
            onChange={(event) => setBody(event.currentTarget.value)}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={body}
          />
        )}
        {apiKey === '' && (
          <Text c="dimmed" size="sm">
            {m.try_no_key()}
          </Text>
        )}
        <Submit loading={send.isPending}>{m.try_send()}</Submit>
        {send.error && <ErrorNotice error={send.error} />}
        {send.data && <Answer answer={send.data} />}
        {request && <Command request={request} />}
      </Stack>
    </form>
  )
}

/** requestOf is undefined while the body is no JSON. */
function requestOf(...[call, values, body]: Parameters<typeof prepareRequest>): PreparedRequest | undefined {
  try {
    return prepareRequest(call, values, body)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function Answer({ answer: { status, isSuccess, text } }: { answer: TriedAnswer }) {
  return (
    <Stack aria-live="polite" gap="xs">
      <Alert color={isSuccess ? 'green' : 'orange'} role="status" variant="light">
        {isSuccess ? m.try_answer_good({ status }) : m.try_answer_bad({ status })}
      </Alert>
      <Code block style={{ maxHeight: '24rem', overflow: 'auto' }} tabIndex={0}>
        {text}
      </Code>
      <Group>
        <CopyButton label={m.try_copy_answer()} text={text} />
      </Group>
    </Stack>
  )
}

function Command({ request }: { request: PreparedRequest }) {
  const command = curlCommand(location.origin, request)
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {m.try_same_with_curl()}
      </Title>
      <Code block tabIndex={0}>
        {command}
      </Code>
      <Group>
        <CopyButton label={m.copy_command()} text={command} />
      </Group>
    </Stack>
  )
}
