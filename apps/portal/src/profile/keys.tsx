import {
  Alert,
  Anchor,
  Badge,
  Button,
  Checkbox,
  Code,
  Group,
  Modal,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { call } from '../api/call.js'
import type { KeyScope, KeyView, NewKey } from '../api/portal-types.js'
import { ConfirmButton } from '../shared/confirm-button.js'
import { CopyButton } from '../shared/copy.js'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Bytes, ExactTime, Time } from '../shared/figures.js'
import { AddIcon, KeyIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { keyUsageQuery } from '../traffic/key-usage-query.js'
import { Pending } from '../shell/pending.js'
import { keysQuery } from './keys-query.js'
import { KeyFields } from './key-fields.js'
import { ALL_SCOPES, SCOPES } from './scopes.js'
import { usedBy } from './used-by.js'

/** The API keys of the user: made, renewed, taken away. */
export function Keys() {
  const client = useQueryClient()
  const keys = useQuery(keysQuery)
  const [opened, { open, close }] = useDisclosure()
  const [shown, show] = useState<{ name: string; apiKey: string }>()
  const refresh = () => client.invalidateQueries({ queryKey: keysQuery.queryKey })
  const make = useMutation({
    mutationFn: (key: NewKey) => call('POST keys', { body: key }),
    onSuccess: (key) => {
      show(key)
      close()
      return refresh()
    },
  })
  const rotate = useMutation({
    mutationFn: (id: string) => call('POST keys/{id}/rotate', { params: { id } }),
    onSuccess: (key) => {
      show(key)
      return refresh()
    },
  })
  const revoke = useMutation({
    mutationFn: (id: string) => call('DELETE keys/{id}', { params: { id } }),
    onSuccess: refresh,
  })
  const failure = rotate.error ?? revoke.error
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed" maw="60ch" size="sm">
          {m.keys_lead()}
        </Text>
        <Button leftSection={<AddIcon size={16} />} onClick={open} variant="light">
          {m.key_new()}
        </Button>
      </Group>
      {shown && (
        <Alert
          closeButtonLabel={m.close()}
          color="green"
          onClose={() => show(undefined)}
          role="status"
          title={m.key_made({ name: shown.name })}
          variant="light"
          withCloseButton
        >
          <Stack gap="xs">
            <Code block tabIndex={0}>
              {shown.apiKey}
            </Code>
            <Group gap="xs">
              <CopyButton label={m.key_copy()} text={shown.apiKey} />
              <Text size="xs">{m.key_shown_once()}</Text>
            </Group>
          </Stack>
        </Alert>
      )}
      {failure && <ErrorNotice error={failure} />}
      {keys.error && <ErrorNotice error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.isPending && <Pending />}
      {keys.data?.length === 0 && (
        <EmptyState icon={<KeyIcon size={32} />} title={m.keys_empty()}>
          {m.keys_empty_hint()}
        </EmptyState>
      )}
      {keys.data && keys.data.length > 0 && (
        <DataTable
          columns={[
            {
              id: 'name',
              header: m.col_name(),
              width: 'minmax(0, 2fr)',
              cell: (key) => <KeyName apiKey={key} />,
            },
            {
              id: 'used',
              header: m.key_last_used(),
              width: 'minmax(0, 2fr)',
              cell: ({ lastUsed }) =>
                lastUsed ? (
                  <div>
                    <Time at={lastUsed.at} />
                    <Text c="dimmed" size="xs">
                      {usedBy(lastUsed)}
                    </Text>
                  </div>
                ) : (
                  m.never()
                ),
            },
            {
              id: 'traffic',
              header: m.key_used(),
              width: '7rem',
              align: 'right',
              cell: ({ id }) => <KeyTraffic id={id} />,
            },
            {
              id: 'ends',
              header: m.key_ends(),
              width: '9rem',
              cell: ({ expiresAt }) => (expiresAt === null ? m.never_ends() : <ExactTime at={expiresAt} />),
            },
            {
              id: 'actions',
              header: m.actions(),
              hideHeader: true,
              width: '13rem',
              align: 'right',
              cell: ({ id }) => (
                <Group gap={4} justify="flex-end" wrap="wrap">
                  <ConfirmButton
                    color="gray"
                    confirm={m.key_rotate()}
                    onConfirm={() => rotate.mutate(id)}
                    question={m.key_rotate_question()}
                    size="compact-sm"
                    variant="default"
                  >
                    {m.key_rotate()}
                  </ConfirmButton>
                  <ConfirmButton
                    confirm={m.key_revoke()}
                    onConfirm={() => revoke.mutate(id)}
                    question={m.key_revoke_question()}
                    size="compact-sm"
                  >
                    {m.key_revoke()}
                  </ConfirmButton>
                </Group>
              ),
            },
          ]}
          label={m.keys()}
          rowKey={({ id }) => id}
          rows={keys.data}
        />
      )}
      <Modal
        closeButtonProps={{ 'aria-label': m.close() }}
        onClose={close}
        opened={opened}
        title={m.key_new()}
      >
        <KeyForm error={make.error} isPending={make.isPending} onSubmit={(key) => make.mutate(key)} />
      </Modal>
    </Stack>
  )
}

function KeyName({ apiKey: { name, scopes, networks } }: { apiKey: KeyView }) {
  return (
    <div>
      <Text fw={500} size="sm">
        {name}
      </Text>
      <Group gap={4}>
        {scopes.length < ALL_SCOPES.length &&
          scopes.map((scope) => (
            <Badge color="gray" key={scope} size="sm" variant="light">
              {SCOPES[scope]()}
            </Badge>
          ))}
        {networks.length > 0 && (
          <Text c="dimmed" size="xs">
            {m.key_from({ networks: networks.join(', ') })}
          </Text>
        )}
      </Group>
    </div>
  )
}

/** What the key used in 30 days, which leads to its entries. */
function KeyTraffic({ id }: { id: string }) {
  const { data } = useQuery(keyUsageQuery(30))
  if (!data) return null
  const used = data.keys.find(({ keyId }) => keyId === id)
  if (!used) return <Bytes value={0} />
  return (
    <Anchor
      renderRoot={(props) => <Link {...props} hash="ledger" search={{ key: id, days: '30' }} to="/traffic" />}
      size="sm"
    >
      <Bytes value={used.bytes} />
    </Anchor>
  )
}

interface KeyFormProps {
  error: Error | null
  isPending: boolean
  onSubmit: (key: NewKey) => void
}

function KeyForm({ error, isPending, onSubmit }: KeyFormProps) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<string[]>(ALL_SCOPES)
  const [networks, setNetworks] = useState<string[]>([])
  const [ends, setEnds] = useState('')
  const [errorsAs200, setErrorsAs200] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit({
      name,
      scopes: scopes as KeyScope[],
      ...(networks.length > 0 && { networks }),
      // The end of that day, here.
      ...(ends !== '' && { expiresAt: new Date(`${ends}T23:59:59`).toISOString() }),
      ...(errorsAs200 && { errorsAs200 }),
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <KeyFields name={name} onName={setName} onScopes={setScopes} scopes={scopes} />
        <TextInput
          description={m.key_ends_hint()}
          label={m.key_ends()}
          onChange={(event) => setEnds(event.currentTarget.value)}
          type="date"
          value={ends}
        />
        <TagsInput
          description={m.key_networks_hint()}
          label={m.key_networks()}
          onChange={setNetworks}
          value={networks}
        />
        <Checkbox
          checked={errorsAs200}
          description={m.key_errors_hint()}
          label={m.key_errors()}
          onChange={(event) => setErrorsAs200(event.currentTarget.checked)}
        />
        {error && <ErrorNotice error={error} />}
        <Button disabled={scopes.length === 0} loading={isPending} type="submit">
          {m.key_make()}
        </Button>
      </Stack>
    </form>
  )
}
