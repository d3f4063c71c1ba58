import { Stack, Text } from '@mantine/core'
import type { HostView } from '@obb/contracts'
import { useIsDegraded } from '../../hosts/history.js'
import { Time } from '../../shared/figures.js'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'

/** Whether a host is used and works; where it rests, until when. */
export function HostState({ host: { platform, enabled, health } }: { host: HostView }) {
  const isDegraded = useIsDegraded(platform)
  if (!enabled) return <StateBadge color="gray">{m.admin_off()}</StateBadge>
  if (!health.working) {
    return (
      <Stack align="flex-start" gap={2}>
        <StateBadge color="red">{m.admin_host_down()}</StateBadge>
        {health.openUntil !== null && (
          <Text size="xs">
            {m.admin_host_again()} <Time at={health.openUntil} />
          </Text>
        )}
      </Stack>
    )
  }
  if (health.canaryError !== null) return <StateBadge color="orange">{m.admin_host_canary_gone()}</StateBadge>
  if (health.successRate === null) return <StateBadge color="gray">{m.admin_host_unused()}</StateBadge>
  if (isDegraded) return <StateBadge color="orange">{m.status_degraded()}</StateBadge>
  return <StateBadge color="green">{m.admin_host_works()}</StateBadge>
}
