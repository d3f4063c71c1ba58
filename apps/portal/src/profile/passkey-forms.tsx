import { Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.js'
import type { PasskeyView } from '../api/portal-types.js'
import { makePasskey } from '../session/passkeys.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Submit, submitting } from '../shared/form.js'
import { m } from '../shared/text.js'
import { clientName } from './client-name.js'
import { Confirm } from './confirm.js'

interface FormProps {
  onDone: () => Promise<void>
}

export function AddPasskey({ canConfirm, onDone }: FormProps & { canConfirm: boolean }) {
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

export function RemovePasskey({
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

export function RenamePasskey({
  onDone,
  passkey: { id, name: before },
}: FormProps & { passkey: PasskeyView }) {
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
