import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { HostView } from '@obb/contracts'
import { useState } from 'react'
import { EmptyState } from '../../shared/empty-state.js'
import { formatNumber, formatPercent, formatSpeed } from '../../shared/format.js'
import { HostsIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { SearchInput } from '../../shared/search-input.js'
import { m } from '../../shared/text.js'
import { Listed } from '../listed.js'
import { OpenRow } from '../parts.js'
import { hostsQuery } from '../queries.js'
import { withoutUnset } from '../search.js'
import { HostDetails } from './host-details.js'
import { HostState } from './host-state.js'
import { HostWords } from './host-words.js'

const route = getRouteApi('/frame/operator/admin/hosts')

/** The hosts: whether each is used, and how it does. */
export function HostsPage() {
  const { host: opened, tab } = route.useSearch()
  const navigate = route.useNavigate()
  const [words, setWords] = useState<string>()
  const { data = [], isPending, error, refetch } = useQuery(hostsQuery)
  const change = (next: { host?: string | undefined; tab?: string | undefined }) =>
    void navigate({ search: (known) => withoutUnset({ ...known, ...next }), replace: true })
  return (
    <>
      <PageHeader lead={m.admin_hosts_lead()} title={m.nav_platforms()} />
      <Stack gap="md">
        <Group justify="space-between">
          <SegmentedControl
            aria-label={m.admin_shown()}
            data={[
              { value: '', label: m.nav_platforms() },
              { value: 'words', label: m.admin_host_words() },
            ]}
            onChange={(value) => change({ tab: value || undefined })}
            value={tab ?? ''}
          />
          {tab === undefined && (
            <SearchInput label={m.admin_hosts_search()} onChange={setWords} value={words} />
          )}
        </Group>
        {tab === undefined ? (
          <Listed
            columns={columns((host) => change({ host }))}
            empty={
              <EmptyState icon={<HostsIcon size={32} />} title={m.admin_nothing_found()}>
                {m.admin_hosts_not_found_next()}
              </EmptyState>
            }
            label={m.nav_platforms()}
            list={{ rows: found(data, words), isPending, error, retry: () => void refetch() }}
            rowKey={({ platform }) => platform}
          />
        ) : (
          <HostWords />
        )}
      </Stack>
      <HostDetails
        host={data.find(({ platform }) => platform === opened)}
        onClose={() => change({ host: undefined })}
      />
    </>
  )
}

/** By name or hostname, also of a pasted link; what needs somebody first. */
function found(hosts: readonly HostView[], words: string | undefined): HostView[] {
  const text = (words ?? '').toLowerCase()
  const hostname = URL.canParse(text) ? new URL(text).hostname.replace(/^www\./, '') : text
  const matching = hosts.filter(({ platform, domains }) =>
    [platform, ...domains].some((name) => name.toLowerCase().includes(hostname)),
  )
  return matching.toSorted((one, other) => rank(one) - rank(other))
}

function rank({ enabled, health }: HostView): number {
  if (!enabled) return 2
  return health.working && health.canaryError === null ? 1 : 0
}

const columns = (open: (platform: string) => void) => [
  {
    id: 'host',
    header: m.admin_host(),
    width: 'minmax(0, 3fr)',
    cell: ({ platform, domains }: HostView) => (
      <>
        <OpenRow onOpen={() => open(platform)}>{platform}</OpenRow>
        <Text c="dimmed" lineClamp={1} size="xs" title={domains.join(', ')}>
          {domains.join(', ')}
        </Text>
      </>
    ),
  },
  {
    id: 'state',
    header: m.admin_state(),
    width: 'minmax(0, 2fr)',
    cell: (host: HostView) => <HostState host={host} />,
  },
  {
    id: 'accounts',
    header: m.nav_accounts(),
    width: 'minmax(0, 1.4fr)',
    align: 'right' as const,
    cell: ({ accounts, needsAccount }: HostView) =>
      needsAccount || accounts > 0 ? formatNumber(accounts) : m.admin_host_no_account(),
  },
  {
    id: 'success',
    header: m.admin_host_success(),
    width: 'minmax(0, 1.2fr)',
    align: 'right' as const,
    cell: ({ health }: HostView) => (health.successRate === null ? '–' : formatPercent(health.successRate)),
  },
  {
    id: 'speed',
    header: m.admin_host_speed(),
    width: 'minmax(0, 1.4fr)',
    align: 'right' as const,
    cell: ({ health }: HostView) => (health.speed === null ? '–' : formatSpeed(health.speed)),
  },
]
