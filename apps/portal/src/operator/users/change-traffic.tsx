import { SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { call } from '../../api/call.js'
import type { ListedUser } from '../../api/operator-endpoints.js'
import { formatBytes } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { SizeInput } from '../inputs.js'
import { OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'

type Kind = 'grant' | 'add' | 'take'

/** Grants traffic, or corrects a balance with a note. */
export function ChangeTraffic({ user, onDone }: { user: ListedUser; onDone: () => void }) {
  const { email } = user
  const [kind, setKind] = useState<Kind>('grant')
  const [size, setSize] = useState<number | null>(null)
  const [note, setNote] = useState('')
  const change = useOperation(
    () => {
      const traffic = size ?? 0
      if (kind === 'grant') return call('POST admin/users/grant', { body: { email, traffic } })
      const signed = kind === 'take' ? -traffic : traffic
      return call('POST admin/users/adjust', { body: { email, traffic: signed, note } })
    },
    {
      done: ({ trafficLeft }) => m.admin_traffic_changed({ email, size: formatBytes(trafficLeft) }),
      onSuccess: onDone,
    },
  )
  return (
    <OperationForm
      onCancel={onDone}
      onSubmit={() => change.mutate(undefined)}
      operation={change}
      submit={m.admin_traffic_submit()}
    >
      <SegmentedControl
        aria-label={m.admin_traffic_change()}
        data={[
          { value: 'grant', label: m.admin_traffic_grant() },
          { value: 'add', label: m.admin_traffic_add() },
          { value: 'take', label: m.admin_traffic_take() },
        ]}
        onChange={setKind}
        value={kind}
      />
      <SizeInput
        description={
          kind === 'grant'
            ? m.admin_traffic_grant_hint({ size: formatBytes(user.trafficLeft) })
            : m.admin_traffic_correct_hint({ size: formatBytes(user.trafficLeft) })
        }
        initial={null}
        label={m.admin_traffic_size()}
        onChange={setSize}
        required
      />
      {kind !== 'grant' && (
        <TextInput
          description={m.admin_note_hint()}
          label={m.admin_note()}
          maxLength={200}
          onChange={(event) => setNote(event.currentTarget.value)}
          required
          value={note}
        />
      )}
    </OperationForm>
  )
}
