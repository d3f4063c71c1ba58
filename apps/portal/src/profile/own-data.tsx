import { Button, List, Modal, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.js'
import { callForFile } from '../api/call-for-file.js'
import type { Confirmation } from '../api/portal-types.js'
import { useHasPasskeyHere } from '../session/own-passkeys.js'
import { sessionQuery, useUser } from '../session/session.js'
import { SIGN_IN } from '../session/sign-in-path.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { save } from '../shared/save.js'
import { m } from '../shared/text.js'
import { Confirm } from './confirm.js'
import { linkQuery } from './open-id-link.js'

/** All that is known of the user: taken along, and removed. */
export function OwnData() {
  return (
    <Stack gap="xl" maw={560}>
      <TakeAlong />
      <DeleteAccount />
    </Stack>
  )
}

function TakeAlong() {
  const take = useMutation({
    mutationFn: async () => save('obb-data.json', 'application/json', [await callForFile('GET data')]),
  })
  return (
    <Stack gap="md">
      <Title order={2} size="h4">
        {m.own_data_take()}
      </Title>
      <Text c="dimmed" size="sm">
        {m.own_data_lead()}
      </Text>
      {take.error && <ErrorNotice error={take.error} />}
      <Button
        loading={take.isPending}
        onClick={() => take.mutate()}
        style={{ alignSelf: 'flex-start' }}
        variant="default"
      >
        {m.own_data_save()}
      </Button>
    </Stack>
  )
}

function DeleteAccount() {
  const { email } = useUser()
  const [isOpen, setOpen] = useState(false)
  return (
    <Stack gap="md">
      <Title order={2} size="h4">
        {m.own_account_delete()}
      </Title>
      <WhatBecomes />
      <Button color="red" onClick={() => setOpen(true)} style={{ alignSelf: 'flex-start' }} variant="light">
        {m.own_account_delete()}
      </Button>
      <Modal
        closeButtonProps={{ 'aria-label': m.close() }}
        onClose={() => setOpen(false)}
        opened={isOpen}
        title={m.own_account_delete_of({ email })}
      >
        <Farewell />
      </Modal>
    </Stack>
  )
}

/** What goes and what stays. */
function WhatBecomes() {
  return (
    <List size="sm" spacing={4}>
      <List.Item>{m.own_account_goes()}</List.Item>
      <List.Item>{m.own_account_links()}</List.Item>
      <List.Item>{m.own_account_files()}</List.Item>
      <List.Item>{m.own_account_ledger()}</List.Item>
    </List>
  )
}

/** Who can show who it is does so first. */
function Farewell() {
  const { data: session } = useQuery(sessionQuery)
  const hasProvider = typeof session?.oidcName === 'string'
  const canUsePasskey = useHasPasskeyHere()
  const identity = useQuery({ ...linkQuery, enabled: hasProvider })
  const remove = async (body: Confirmation | Record<string, never>) => {
    await call('DELETE account', { body })
    // With the page goes all that it knows.
    location.assign(SIGN_IN)
  }
  if (identity.error) return <ErrorNotice error={identity.error} onRetry={() => void identity.refetch()} />
  if (hasProvider && !identity.data) return null
  if (identity.data?.isOnlyWay) return <Unconfirmed onRemove={() => remove({})} />
  return (
    <Confirm
      canUsePasskey={canUsePasskey}
      color="red"
      lead={m.own_account_confirm()}
      onConfirmed={remove}
      word={m.own_account_delete_for_good()}
    />
  )
}

function Unconfirmed({ onRemove }: { onRemove: () => Promise<void> }) {
  const remove = useMutation({ mutationFn: onRemove })
  return (
    <Stack gap="md">
      <Text size="sm">{m.own_account_no_way_back()}</Text>
      {remove.error && <ErrorNotice error={remove.error} />}
      <Button
        color="red"
        loading={remove.isPending}
        onClick={() => remove.mutate()}
        style={{ alignSelf: 'flex-start' }}
      >
        {m.own_account_delete_for_good()}
      </Button>
    </Stack>
  )
}
