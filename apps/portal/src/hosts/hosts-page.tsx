import { Badge, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { HostGroup } from '@obb/contracts'
import { useState } from 'react'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatBytes, formatNumber } from '../shared/format.js'
import { HostsIcon, SearchIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { hostsQuery } from './hosts-query.js'

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
  const hosts = useQuery(hostsQuery)
  const [text, setText] = useState('')
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
                    <Text fw={500} size="sm">
                      {platform}
                    </Text>
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
                cell: ({ currently_working }) => (
                  <Badge color={currently_working ? 'green' : 'red'}>
                    {currently_working ? m.host_works() : m.host_away()}
                  </Badge>
                ),
              },
              {
                id: 'used',
                header: m.host_used(),
                width: 'minmax(0, 1.2fr)',
                align: 'right',
                cell: ({ traffic24h_used }) => formatBytes(traffic24h_used),
              },
              {
                id: 'left',
                header: m.host_left(),
                width: 'minmax(0, 1.2fr)',
                align: 'right',
                cell: ({ trafficleft }) => (trafficleft === null ? '–' : formatBytes(trafficleft)),
              },
              {
                id: 'connections',
                header: m.host_connections(),
                width: 'minmax(0, 1fr)',
                align: 'right',
                cell: ({ maxChunks }) => formatNumber(maxChunks),
              },
              {
                id: 'resume',
                header: m.host_resumes(),
                width: 'minmax(0, 1fr)',
                cell: ({ resumable }) => (resumable ? m.yes() : m.no()),
              },
            ]}
            label={m.nav_hosts()}
            rowKey={({ platform }) => platform}
            rows={rows}
          />
        )}
      </Stack>
    </>
  )
}
