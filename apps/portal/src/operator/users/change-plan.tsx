import { ActionIcon, Button, Group, NativeSelect, Stack, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/call.js'
import type { ListedUser } from '../../api/operator-endpoints.js'
import { CloseIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { CountInput, SizeInput } from '../inputs.js'
import { OperationForm } from '../parts.js'
import { hostsQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'

/** The day in this time zone, as a field of dates has it. `at`: ISO 8601. */
function dayOf(at: string | null): string {
  return at === null ? '' : new Date(at).toLocaleDateString('sv')
}

/** The end of a day in this time zone. */
const endOf = (day: string) => new Date(`${day}T23:59:59`).toISOString()

/** What a user may use, beside traffic. */
export function ChangePlan({ user, onDone }: { user: ListedUser; onDone: () => void }) {
  const { email } = user
  const [dailyPerHost, setDaily] = useState(user.dailyPerHost)
  const [caps, setCaps] = useState<Record<string, number | null>>(user.hostCaps)
  const [expires, setExpires] = useState(dayOf(user.expiresAt))
  const [weight, setWeight] = useState(String(user.weight))
  const [solo, setSolo] = useState(user.solo)
  const change = useOperation(
    () =>
      call('PATCH admin/users', {
        body: {
          email,
          dailyPerHost,
          weight: Number(weight),
          solo,
          hostCaps: caps,
          ...(expires !== dayOf(user.expiresAt) && { expires: expires === '' ? null : endOf(expires) }),
        },
      }),
    { done: () => m.admin_plan_changed({ email }), onSuccess: onDone },
  )
  return (
    <OperationForm
      onCancel={onDone}
      onSubmit={() => change.mutate(undefined)}
      operation={change}
      submit={m.save()}
    >
      <SizeInput
        description={m.admin_daily_hint()}
        initial={dailyPerHost}
        label={m.admin_daily()}
        onChange={setDaily}
      />
      <HostCaps caps={caps} onChange={setCaps} />
      <TextInput
        description={m.admin_expires_hint()}
        label={m.admin_expires()}
        onChange={(event) => setExpires(event.currentTarget.value)}
        type="date"
        value={expires}
      />
      <CountInput
        description={m.admin_weight_hint()}
        label={m.admin_weight()}
        max={1000}
        min={1}
        onChange={setWeight}
        required
        value={weight}
      />
      <Switch
        checked={solo}
        description={m.admin_solo_hint()}
        label={m.admin_solo()}
        onChange={(event) => setSolo(event.currentTarget.checked)}
      />
    </OperationForm>
  )
}

interface HostCapsProps {
  /** Bytes by platform; null goes back to the cap of all hosts. */
  caps: Record<string, number | null>
  onChange: (caps: Record<string, number | null>) => void
}

function HostCaps({ caps, onChange }: HostCapsProps) {
  const hosts = useQuery(hostsQuery)
  const [chosen, choose] = useState('')
  const capped = Object.entries(caps).filter((entry): entry is [string, number] => entry[1] !== null)
  const others = (hosts.data ?? [])
    .map(({ platform }) => platform)
    .filter((platform) => (caps[platform] ?? null) === null)
  return (
    <Stack gap="xs">
      {capped.map(([platform, cap]) => (
        <Group align="flex-end" gap="xs" key={platform} wrap="nowrap">
          <div style={{ flex: 1 }}>
            <SizeInput
              initial={cap}
              label={m.admin_host_cap({ platform })}
              onChange={(bytes) => onChange({ ...caps, [platform]: bytes ?? 0 })}
              required
            />
          </div>
          <ActionIcon
            aria-label={m.admin_host_cap_remove({ platform })}
            color="gray"
            onClick={() => onChange({ ...caps, [platform]: null })}
            size={36}
            variant="subtle"
          >
            <CloseIcon />
          </ActionIcon>
        </Group>
      ))}
      {others.length > 0 && (
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <NativeSelect
            data={[{ value: '', label: m.admin_host_choose() }, ...others]}
            flex={1}
            label={m.admin_host_cap_add()}
            onChange={(event) => choose(event.currentTarget.value)}
            value={others.includes(chosen) ? chosen : ''}
          />
          <Button
            disabled={!others.includes(chosen)}
            onClick={() => {
              onChange({ ...caps, [chosen]: 0 })
              choose('')
            }}
            variant="default"
          >
            {m.admin_add()}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
