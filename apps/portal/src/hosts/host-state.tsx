import { Badge, Group } from '@mantine/core'
import type { HostGroup } from '@obb/contracts'
import { m } from '../shared/text.js'
import { useIsDegraded } from './history.js'
import { HostBell } from './host-bell.js'

export function HostState({ host: { platform, currently_working: works } }: { host: HostGroup }) {
  const isDegraded = useIsDegraded(platform)
  if (works && isDegraded) return <Badge color="orange">{m.status_degraded()}</Badge>
  if (works) return <Badge color="green">{m.host_works()}</Badge>
  return (
    <Group gap={4} wrap="nowrap">
      <Badge color="red">{m.host_away()}</Badge>
      <HostBell platform={platform} />
    </Group>
  )
}
