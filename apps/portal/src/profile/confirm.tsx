import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.js'
import type { Confirmation } from '../api/portal-types.js'
import { PasskeyError } from '../session/passkey-error.js'
import { signWithPasskey } from '../session/passkeys.js'
import { useUser } from '../session/session.js'
import { Submit, submitting } from '../shared/form.js'
import { CodeInput, CurrentPassword } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'

interface ConfirmProps {
  lead: string
  /** The word for what is done then. */
  word: string
  color?: string
  /** Whether a passkey of the user works here, in place of the password. */
  canUsePasskey: boolean
  onConfirmed: (shown: Confirmation) => Promise<void>
}

/** Asks who is signed in to show once more who it is: by password and code, or by a passkey. */
export function Confirm({ lead, word, color, canUsePasskey, onConfirmed }: ConfirmProps) {
  const { totp: needsCode } = useUser()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: async (by: 'password' | 'passkey') =>
      onConfirmed(
        by === 'password'
          ? { password, ...(needsCode && { code }) }
          : { passkey: await signWithPasskey(await call('POST passkeys/confirmation')) },
      ),
  })
  return (
    <form onSubmit={submitting(() => confirm.mutate('password'))}>
      <Stack gap="md">
        <Text size="sm">{lead}</Text>
        <CurrentPassword onChange={setPassword} value={password} />
        {needsCode && <CodeInput onChange={setCode} value={code} />}
        {confirm.error && <PasskeyError error={confirm.error} />}
        <Group gap="xs">
          <Submit loading={confirm.isPending} {...(color !== undefined && { color })}>
            {word}
          </Submit>
          {canUsePasskey && (
            <Button disabled={confirm.isPending} onClick={() => confirm.mutate('passkey')} variant="default">
              {m.passkey_confirm_with()}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}
