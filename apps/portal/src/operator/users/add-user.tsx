import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { m } from '../../shared/text.js'
import { SizeInput } from '../inputs.js'
import { Dialog, OneTime, OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'

/** Makes a user with a key at once, for a program rather than a person. */
export function AddUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog onClose={onClose} opened={opened} title={m.admin_user_add()}>
      <AddUserForm onClose={onClose} />
    </Dialog>
  )
}

function AddUserForm({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('')
  const [traffic, setTraffic] = useState<number | null>(null)
  const [dailyPerHost, setDaily] = useState<number | null>(null)
  const add = useOperation(() =>
    call('POST admin/users', { body: { email, traffic: traffic ?? 0, dailyPerHost } }),
  )
  if (add.data) {
    return (
      <OneTime
        hint={m.admin_user_key_hint()}
        label={m.admin_user_key({ email: add.data.email })}
        text={add.data.apiKey}
      />
    )
  }
  return (
    <OperationForm
      onCancel={onClose}
      onSubmit={() => add.mutate(undefined)}
      operation={add}
      submit={m.admin_user_add()}
    >
      <TextInput
        autoComplete="off"
        description={m.admin_user_add_hint()}
        label={m.email()}
        onChange={(event) => setEmail(event.currentTarget.value.trim())}
        required
        type="email"
        value={email}
      />
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
    </OperationForm>
  )
}
