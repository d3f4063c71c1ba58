import { Checkbox, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/call.js'
import type { Role } from '../../api/portal-types.js'
import { sessionQuery } from '../../session/session.js'
import { formatTime } from '../../shared/format.js'
import { currentLanguage, m } from '../../shared/text.js'
import { SizeInput } from '../inputs.js'
import { Dialog, OneTime, OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'

interface DialogProps {
  opened: boolean
  onClose: () => void
}

/** Hours that an invitation works. */
const HOURS = [24, 24 * 7, 24 * 30]

/** Makes a link by which somebody makes an account of their own. */
export function Invite({ opened, onClose }: DialogProps) {
  return (
    <Dialog onClose={onClose} opened={opened} title={m.admin_invite_title()}>
      <InviteForm onClose={onClose} />
    </Dialog>
  )
}

/** `onClose`: left out where it stands by itself. */
export function InviteForm({ onClose }: { onClose?: () => void }) {
  const [email, setEmail] = useState('')
  const [send, setSend] = useState(true)
  const canSend = useQuery(sessionQuery).data?.mail === true
  const isSent = canSend && send && email !== ''
  const [role, setRole] = useState<Role>('user')
  const [traffic, setTraffic] = useState<number | null>(null)
  const [dailyPerHost, setDaily] = useState<number | null>(null)
  const [hours, setHours] = useState(24 * 7)
  const invite = useOperation(() =>
    call('POST admin/invitations', {
      body: {
        role,
        expiresInHours: hours,
        ...(email !== '' && { email }),
        ...(isSent && { send: true, language: currentLanguage() }),
        ...(traffic !== null && { traffic }),
        ...(dailyPerHost !== null && { dailyPerHost }),
      },
    }),
  )
  if (invite.data) {
    const { url, expiresAt } = invite.data
    return (
      <OneTime
        hint={
          isSent
            ? m.admin_invite_sent({ email, time: formatTime(expiresAt) })
            : m.admin_invite_hint({ time: formatTime(expiresAt) })
        }
        label={m.admin_invite_link()}
        text={url}
      />
    )
  }
  return (
    <OperationForm
      onCancel={onClose}
      onSubmit={() => invite.mutate(undefined)}
      operation={invite}
      submit={m.admin_invite_submit()}
    >
      <TextInput
        autoComplete="off"
        description={canSend ? m.admin_invite_email_mail() : m.admin_invite_email_hint()}
        label={m.email()}
        onChange={(event) => setEmail(event.currentTarget.value.trim())}
        type="email"
        value={email}
      />
      {canSend && (
        <Checkbox
          checked={send}
          description={m.admin_invite_send_hint()}
          disabled={email === ''}
          label={m.admin_invite_send()}
          onChange={(event) => setSend(event.currentTarget.checked)}
        />
      )}
      <SizeInput
        description={m.admin_traffic_first_hint()}
        initial={traffic}
        label={m.admin_traffic_first()}
        onChange={setTraffic}
      />
      <SizeInput
        description={m.admin_daily_hint()}
        initial={dailyPerHost}
        label={m.admin_daily()}
        onChange={setDaily}
      />
      <Stack gap="md">
        <NativeSelect
          data={[
            { value: 'user', label: m.admin_role_user() },
            { value: 'operator', label: m.admin_role_operator() },
          ]}
          description={m.admin_role_hint()}
          label={m.admin_role()}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          value={role}
        />
        <NativeSelect
          data={HOURS.map((value) => ({ value: String(value), label: m.admin_days({ count: value / 24 }) }))}
          label={m.admin_invite_works()}
          onChange={(event) => setHours(Number(event.currentTarget.value))}
          value={String(hours)}
        />
      </Stack>
    </OperationForm>
  )
}
