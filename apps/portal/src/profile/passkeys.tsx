import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.js'
import type { PasskeyView } from '../api/portal-types.js'
import { isHere, passkeysQuery, useHasPasskeyHere } from '../session/own-passkeys.js'
import { hasPasskeys, makePasskey } from '../session/passkeys.js'
import { sessionQuery } from '../session/session.js'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { ExactTime, Time } from '../shared/figures.js'
import { AddIcon, KeyIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { clientName } from './client-name.js'
import { Confirm } from './confirm.js'
import { Submit, submitting } from './second-factor.js'

/** What is being done, and with which. */
type Form = { kind: 'add' } | { kind: 'rename' | 'remove'; passkey: PasskeyView }

const TITLES = { add: m.passkey_new, rename: m.passkey_rename, remove: m.passkey_remove }

/** The passkeys of the user: made, named, taken away. */
export function Passkeys() {
  const client = useQueryClient()
  const { data: session } = useQuery(sessionQuery)
  const passkeys = useQuery(passkeysQuery)
  const [form, open] = useState<Form>()
  const close = () => open(undefined)
  const done = async () => {
    close()
    await client.invalidateQueries({ queryKey: passkeysQuery.queryKey })
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  const works = hasPasskeys(session)
  const canConfirm = useHasPasskeyHere()
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed" maw="60ch" size="sm">
          {m.passkeys_lead()}
        </Text>
        {works && (
          <Button leftSection={<AddIcon size={16} />} onClick={() => open({ kind: 'add' })} variant="light">
            {m.passkey_new()}
          </Button>
        )}
      </Group>
      {!works && (
        <Alert color="yellow" variant="light">
          {m.passkeys_not_here({ origin: location.origin })}
        </Alert>
      )}
      {passkeys.error && <ErrorNotice error={passkeys.error} onRetry={() => void passkeys.refetch()} />}
      {passkeys.isPending && <Pending />}
      {passkeys.data?.length === 0 && (
        <EmptyState icon={<KeyIcon size={32} />} title={m.passkeys_empty()}>
          {m.passkeys_empty_hint()}
        </EmptyState>
      )}
      {passkeys.data && passkeys.data.length > 0 && (
        <DataTable
          columns={[
            {
              id: 'name',
              header: m.col_name(),
              width: 'minmax(0, 2fr)',
              cell: (passkey) => (
                <div>
                  <Text fw={500} size="sm">
                    {passkey.name}
                  </Text>
                  {!isHere(passkey) && (
                    <Text c="dimmed" size="xs">
                      {m.passkey_of({ name: passkey.rpId })}
                    </Text>
                  )}
                </div>
              ),
            },
            {
              id: 'used',
              header: m.passkey_last_used(),
              width: 'minmax(0, 1fr)',
              cell: ({ lastUsedAt }) => (lastUsedAt === null ? m.never() : <Time at={lastUsedAt} />),
            },
            {
              id: 'added',
              header: m.passkey_added(),
              width: 'minmax(0, 1fr)',
              cell: ({ createdAt }) => <ExactTime at={createdAt} />,
            },
            {
              id: 'actions',
              header: m.actions(),
              hideHeader: true,
              width: '13rem',
              align: 'right',
              cell: (passkey) => (
                <Group gap={4} justify="flex-end" wrap="wrap">
                  <Button
                    onClick={() => open({ kind: 'rename', passkey })}
                    size="compact-sm"
                    variant="default"
                  >
                    {m.passkey_rename()}
                  </Button>
                  <Button
                    color="red"
                    onClick={() => open({ kind: 'remove', passkey })}
                    size="compact-sm"
                    variant="light"
                  >
                    {m.passkey_remove()}
                  </Button>
                </Group>
              ),
            },
          ]}
          label={m.passkeys()}
          rowKey={({ id }) => id}
          rows={passkeys.data}
        />
      )}
      <Modal
        closeButtonProps={{ 'aria-label': m.close() }}
        onClose={close}
        opened={form !== undefined}
        title={form && TITLES[form.kind]()}
      >
        {form?.kind === 'add' && <Add canConfirm={canConfirm} onDone={done} />}
        {form?.kind === 'rename' && <Rename onDone={done} passkey={form.passkey} />}
        {form?.kind === 'remove' && <Remove canConfirm={canConfirm} onDone={done} passkey={form.passkey} />}
      </Modal>
    </Stack>
  )
}

interface FormProps {
  onDone: () => Promise<void>
}

function Add({ canConfirm, onDone }: FormProps & { canConfirm: boolean }) {
  const [name, setName] = useState(clientName(navigator.userAgent) ?? '')
  return (
    <Stack gap="md">
      <NameInput hint={m.passkey_name_hint()} onChange={setName} value={name} />
      <Confirm
        canUsePasskey={canConfirm}
        lead={m.passkey_confirm()}
        onConfirmed={async (shown) => {
          const passkey = await makePasskey(await call('POST passkeys/options', { body: shown }))
          await call('POST passkeys', { body: { name, passkey } })
          await onDone()
        }}
        word={m.passkey_make()}
      />
    </Stack>
  )
}

function Remove({
  canConfirm,
  onDone,
  passkey: { id, name },
}: FormProps & { canConfirm: boolean; passkey: PasskeyView }) {
  return (
    <Confirm
      canUsePasskey={canConfirm}
      color="red"
      lead={m.passkey_remove_lead({ name })}
      onConfirmed={async (shown) => {
        await call('DELETE passkeys/{id}', { params: { id }, body: shown })
        await onDone()
      }}
      word={m.passkey_remove()}
    />
  )
}

function Rename({ onDone, passkey: { id, name: before } }: FormProps & { passkey: PasskeyView }) {
  const [name, setName] = useState(before)
  const rename = useMutation({
    mutationFn: () => call('PATCH passkeys/{id}', { params: { id }, body: { name } }),
    onSuccess: onDone,
  })
  return (
    <form onSubmit={submitting(rename.mutate)}>
      <Stack gap="md">
        <NameInput onChange={setName} value={name} />
        {rename.error && <ErrorNotice error={rename.error} />}
        <Submit loading={rename.isPending}>{m.save()}</Submit>
      </Stack>
    </form>
  )
}

interface NameInputProps {
  hint?: string
  value: string
  onChange: (value: string) => void
}

function NameInput({ hint, value, onChange }: NameInputProps) {
  return (
    <TextInput
      data-autofocus
      description={hint}
      label={m.passkey_name()}
      maxLength={64}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      value={value}
    />
  )
}
