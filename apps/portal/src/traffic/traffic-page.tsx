import { Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { HostLimit } from '@obb/contracts'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatBytes, formatDuration, formatTime } from '../shared/format.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { accountQuery } from './account.js'
import { ByKey } from './by-key.js'
import { Days } from './days.js'
import { Ledger } from './ledger.js'

/** What is left, what was used where, and every charge. */
export function TrafficPage() {
  const account = useQuery(accountQuery)
  return (
    <>
      <PageHeader lead={m.traffic_lead()} title={m.nav_traffic()} />
      <Stack gap="xl">
        {account.error && <ErrorNotice error={account.error} onRetry={() => void account.refetch()} />}
        {account.isPending && <Pending />}
        {account.data && (
          <>
            <Balance
              left={account.data.trafficleft}
              max={account.data.trafficmax}
              seconds={account.data.timeleft}
            />
            <Limits limits={account.data.limits ?? []} />
          </>
        )}
        <Days />
        <ByKey />
        <Ledger />
      </Stack>
    </>
  )
}

function Balance({ left, max, seconds }: { left: number; max: number; seconds: number | null }) {
  return (
    <Paper p="lg" withBorder>
      <Text c="dimmed" size="sm">
        {m.traffic_left()}
      </Text>
      <Text fw={600} fz={28} lh={1.3}>
        {formatBytes(left)}
      </Text>
      <Text c="dimmed" size="sm">
        {m.traffic_of({ size: formatBytes(max) })}
        {seconds !== null && ` · ${m.traffic_until({ time: formatDuration(seconds) })}`}
      </Text>
      {max > 0 && (
        <Progress.Root mt="sm" size="md">
          <Progress.Section
            aria-label={m.traffic_left()}
            aria-valuetext={formatBytes(left)}
            value={Math.min(100, (left / max) * 100)}
          />
        </Progress.Root>
      )}
    </Paper>
  )
}

function Limits({ limits }: { limits: readonly HostLimit[] }) {
  if (limits.length === 0) return null
  return (
    <section aria-labelledby="limits">
      <Title id="limits" mb="sm" order={2}>
        {m.traffic_hosts()}
      </Title>
      <Stack gap="sm">
        {limits.map(({ platform, used, max, resets_at }) => (
          <div key={platform}>
            <Group gap="xs" justify="space-between">
              <Text fw={500} size="sm">
                {platform}
              </Text>
              <Text c="dimmed" size="sm">
                {max === null
                  ? m.traffic_used({ size: formatBytes(used) })
                  : m.progress_of({ done: formatBytes(used), size: formatBytes(max) })}
                {max !== null &&
                  resets_at !== null &&
                  ` · ${m.traffic_frees({ time: formatTime(resets_at) })}`}
              </Text>
            </Group>
            {max !== null && (
              <Progress.Root mt={4} size="sm">
                <Progress.Section
                  aria-label={platform}
                  aria-valuetext={m.progress_of({ done: formatBytes(used), size: formatBytes(max) })}
                  color={used >= max ? 'red' : 'lake'}
                  value={max === 0 ? 100 : Math.min(100, (used / max) * 100)}
                />
              </Progress.Root>
            )}
          </div>
        ))}
      </Stack>
    </section>
  )
}
