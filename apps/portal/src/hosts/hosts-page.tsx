import { Anchor, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { HostGroup } from '@obb/contracts'
import { useMemo, useState } from 'react'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatBytes, formatPercent } from '../shared/format.js'
import { HostsIcon, SearchIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { everyPeriod } from '../shared/periods.js'
import { Strip } from '../shared/strip.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { accountQuery } from '../traffic/account.js'
import { historyQuery, periodsOf, successOf, totalSuccess } from './history.js'
import { HostDrawer } from './host-drawer.js'
import { HostState } from './host-state.js'
import { hostsQuery } from './hosts-query.js'

const route = getRouteApi('/frame/hosts')

/** After so long somebody who looks on sees that a host is away, or back, ms. */
const LOOK_MS = 60_000

/** A hostname out of what was typed or pasted, which may be a whole link. */
function hostnameIn(text: string): string {
  const typed = text.trim().toLowerCase()
  try {
    return new URL(typed.includes('://') ? typed : `https://${typed}`).hostname.replace(/^www\./, '')
  } catch {
    return typed
  }
}

function isFound({ platform, domains }: HostGroup, text: string): boolean {
  const words = text.trim().toLowerCase()
  const hostname = hostnameIn(text)
  return (
    platform.toLowerCase().includes(words) ||
    domains.some((domain) => domain.includes(words) || domain === hostname || hostname.endsWith(`.${domain}`))
  )
}

/** Which hosts there are, and whether they work right now. */
export function HostsPage() {
  const hosts = useQuery({ ...hostsQuery, refetchInterval: LOOK_MS })
  const { host: opened } = route.useSearch()
  const navigate = route.useNavigate()
  const open = (host: string | undefined) =>
    void navigate({ search: host === undefined ? {} : { host }, replace: true })
  const [text, setText] = useState('')
  const { data: account } = useQuery(accountQuery)
  const capOf = (host: string) => account?.limits?.find(({ platform }) => platform === host)?.max ?? null
  const rows = (hosts.data?.supportedhosts ?? []).filter((host) => text.trim() === '' || isFound(host, text))
  return (
    <>
      <PageHeader lead={m.hosts_lead()} title={m.nav_hosts()} />
      <Stack gap="md">
        <TextInput
          label={m.hosts_search()}
          leftSection={<SearchIcon size={16} />}
          maw={420}
          onChange={(event) => setText(event.currentTarget.value)}
          type="search"
          value={text}
        />
        {hosts.error && <ErrorNotice error={hosts.error} onRetry={() => void hosts.refetch()} />}
        {hosts.isPending && <Pending />}
        {hosts.data && rows.length === 0 && (
          <EmptyState icon={<HostsIcon size={32} />} title={m.hosts_none()}>
            {m.hosts_none_hint()}
          </EmptyState>
        )}
        {rows.length > 0 && (
          <DataTable
            columns={[
              {
                id: 'host',
                header: m.col_host(),
                width: 'minmax(0, 3fr)',
                cell: ({ platform, domains }) => (
                  <div>
                    <Anchor
                      component="button"
                      fw={500}
                      onClick={() => open(platform)}
                      size="sm"
                      ta="left"
                      type="button"
                    >
                      {platform}
                    </Anchor>
                    <Text c="dimmed" size="xs">
                      {domains.slice(0, 4).join(', ')}
                      {domains.length > 4 && ` ${m.and_more({ count: domains.length - 4 })}`}
                    </Text>
                  </div>
                ),
              },
              {
                id: 'state',
                header: m.col_state(),
                width: 'minmax(0, 1.2fr)',
                cell: (host) => <HostState host={host} />,
              },
              {
                id: 'day',
                header: m.host_success_day(),
                width: 'minmax(0, 1.8fr)',
                cell: ({ platform }) => <Day platform={platform} />,
              },
              {
                id: 'used',
                header: m.host_used(),
                width: 'minmax(0, 1.2fr)',
                align: 'right',
                cell: ({ platform, traffic24h_used }) => usedText(traffic24h_used, capOf(platform)),
              },
              {
                id: 'left',
                header: m.host_left(),
                width: 'minmax(0, 1.2fr)',
                align: 'right',
                cell: ({ trafficleft }) => (trafficleft === null ? '–' : formatBytes(trafficleft)),
              },
            ]}
            label={m.nav_hosts()}
            rowKey={({ platform }) => platform}
            rows={rows}
          />
        )}
      </Stack>
      <HostDrawer
        host={hosts.data?.supportedhosts.find(({ platform }) => platform === opened)}
        onClose={() => open(undefined)}
      />
    </>
  )
}

/** What somebody took of a host in 24 hours, and of how much where there is a cap. */
const usedText = (used: number, cap: number | null) =>
  cap === null ? formatBytes(used) : m.progress_of({ done: formatBytes(used), size: formatBytes(cap) })

/** The success of the last 24 hours: an hour a bar, and in all. */
function Day({ platform }: { platform: string }) {
  const { data, dataUpdatedAt } = useQuery(historyQuery(1))
  const periods = periodsOf(data, platform)
  const shares = useMemo(
    () => everyPeriod(periods, 1, dataUpdatedAt).map(({ period }) => successOf(period)),
    [periods, dataUpdatedAt],
  )
  const total = totalSuccess(periods)
  if (total === null) return '–'
  return (
    <Group gap="xs" wrap="nowrap">
      <div style={{ flex: 1, maxWidth: 96 }}>
        <Strip shares={shares} />
      </div>
      <span>{formatPercent(total)}</span>
    </Group>
  )
}
