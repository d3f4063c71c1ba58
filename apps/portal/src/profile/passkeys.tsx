import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PasskeyView } from '../api/portal-types.js'
import { isHere, passkeysQuery, useHasPasskeyHere } from '../session/own-passkeys.js'
import { hasPasskeys } from '../session/passkeys.js'
import { sessionQuery } from '../session/session.js'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { ExactTime, Time } from '../shared/figures.js'
import { AddIcon, KeyIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { AddPasskey, RemovePasskey, RenamePasskey } from './passkey-forms.js'

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
        {form?.kind === 'add' && <AddPasskey canConfirm={canConfirm} onDone={done} />}
        {form?.kind === 'rename' && <RenamePasskey onDone={done} passkey={form.passkey} />}
        {form?.kind === 'remove' && (
          <RemovePasskey canConfirm={canConfirm} onDone={done} passkey={form.passkey} />
        )}
      </Modal>
    </Stack>
  )
}
