import { Switch } from '@mantine/core'
import type { HostView } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { m } from '../../shared/text.js'
import { CountInput, SizeInput } from '../inputs.js'
import { OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'

/** How much a host is asked at once, and its own switches. */
export function ChangeLimits({ host, onDone }: { host: HostView; onDone: () => void }) {
  const { platform } = host
  const [maxDownloads, setDownloads] = useState(String(host.maxDownloads))
  const [maxChunks, setChunks] = useState(String(host.maxChunks))
  const [maxQueued, setQueued] = useState(String(host.maxQueued))
  const [solo, setSolo] = useState(host.solo)
  const [bandwidth, setBandwidth] = useState(host.bandwidth)
  const [switches, setSwitches] = useState(() =>
    Object.fromEntries(host.switches.map(({ name, on }) => [name, on])),
  )
  const change = useOperation(
    () =>
      call('PATCH admin/hosts/{platform}', {
        params: { platform },
        body: {
          maxDownloads: Number(maxDownloads),
          maxChunks: Number(maxChunks),
          maxQueued: Number(maxQueued),
          solo,
          bandwidth,
          ...(host.switches.length > 0 && { switches }),
        },
      }),
    { done: () => m.admin_host_changed({ platform }), onSuccess: onDone },
  )
  return (
    <OperationForm
      onCancel={onDone}
      onSubmit={() => change.mutate(undefined)}
      operation={change}
      submit={m.save()}
    >
      <CountInput
        description={m.admin_host_downloads_hint()}
        label={m.admin_max_downloads()}
        max={1000}
        min={1}
        onChange={setDownloads}
        required
        value={maxDownloads}
      />
      <CountInput
        description={m.admin_max_chunks_hint()}
        label={m.admin_max_chunks()}
        max={64}
        min={1}
        onChange={setChunks}
        required
        value={maxChunks}
      />
      <CountInput
        description={m.admin_max_queued_hint()}
        label={m.admin_max_queued()}
        max={100_000}
        min={0}
        onChange={setQueued}
        required
        value={maxQueued}
      />
      <SizeInput
        description={m.admin_bandwidth_hint()}
        initial={bandwidth}
        label={m.admin_bandwidth()}
        onChange={setBandwidth}
        perSecond
      />
      <Switch
        checked={solo}
        description={m.admin_solo_hint()}
        label={m.admin_solo()}
        onChange={(event) => setSolo(event.currentTarget.checked)}
      />
      {host.switches.map(({ name, label }) => (
        <Switch
          checked={switches[name] ?? false}
          key={name}
          label={label}
          onChange={(event) => setSwitches({ ...switches, [name]: event.currentTarget.checked })}
        />
      ))}
    </OperationForm>
  )
}
