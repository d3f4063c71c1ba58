import { Anchor, Group, Progress, SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import type { FileView } from '@obb/contracts'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Bytes, Time } from '../../shared/figures.js'
import { formatNumber, formatPercent } from '../../shared/format.js'
import { QueueIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { m } from '../../shared/text.js'
import { CheckWords, checkName } from '../checks.js'
import { fileName } from '../files/file-state.js'
import { Listed, useRows } from '../listed.js'
import { Section, StateBadge } from '../parts.js'
import { doctorQuery, fetchersQuery, filesQuery, queueQuery } from '../queries.js'
import type { FileState } from '../search.js'

const route = getRouteApi('/frame/operator/admin/queue')

const TABS = {
  downloading: [m.admin_queue_running, m.admin_queue_running_none],
  pending: [m.admin_queue_waiting, m.admin_queue_waiting_none],
  error: [m.admin_queue_failed, m.admin_queue_failed_none],
} as const
type Tab = keyof typeof TABS
const isTab = (state: FileState | undefined): state is Tab => state !== undefined && state in TABS

/** What is fetched, what waits, what failed; and whether somebody fetches. */
export function QueuePage() {
  const { state } = route.useSearch()
  const navigate = route.useNavigate()
  const tab: Tab = isTab(state) ? state : 'downloading'
  const list = useRows(useInfiniteQuery(filesQuery({ state: tab })))
  return (
    <>
      <PageHeader lead={m.admin_queue_lead()} title={m.nav_queue()} />
      <Stack gap="md">
        <Fetchers />
        <Platforms />
        <SegmentedControl
          aria-label={m.admin_shown()}
          style={{ alignSelf: 'flex-start' }}
          data={(Object.keys(TABS) as Tab[]).map((value) => ({ value, label: TABS[value][0]() }))}
          onChange={(value) => void navigate({ search: { state: value }, replace: true })}
          value={tab}
        />
        <Listed
          columns={columns(tab)}
          empty={<EmptyState icon={<QueueIcon size={32} />} title={TABS[tab][1]()} />}
          label={TABS[tab][0]()}
          list={list}
          rowKey={({ id }) => id}
        />
      </Stack>
    </>
  )
}

/** Whether there is somebody who fetches, and a queue that hands out the work. */
function Fetchers() {
  const { data, error, refetch } = useQuery(doctorQuery)
  const { data: fetchers } = useQuery(fetchersQuery)
  const checks = (data?.readiness.checks ?? []).filter(({ name }) => name === 'fetchers' || name === 'queue')
  return (
    <Section title={m.admin_fetchers()}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Stack gap="sm">
        {checks.map((check) => (
          <div key={check.name}>
            <Group gap="xs">
              <Text fw={500} size="sm">
                {checkName(check.name)}
              </Text>
              {check.status === 'ok' ? (
                <StateBadge color="green">{m.admin_check_ok()}</StateBadge>
              ) : (
                <StateBadge color="red">{m.admin_check_failing()}</StateBadge>
              )}
            </Group>
            <CheckWords check={check} />
          </div>
        ))}
        {fetchers?.map(({ id, running, slots, startedAt }) => (
          <Text key={id} size="sm">
            {id} · {m.admin_fetcher_load({ running, slots })} · {m.admin_fetcher_since()}{' '}
            <Time at={startedAt} />
          </Text>
        ))}
      </Stack>
    </Section>
  )
}

/** What waits and what runs of each platform that has either. */
function Platforms() {
  const { data = [], error, refetch } = useQuery(queueQuery)
  if (!error && data.length === 0) return null
  return (
    <Section title={m.admin_queue_platforms()}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Stack gap="xs">
        {data.map(({ platform, waiting, oldestAt, running }) => (
          <Text key={platform} size="sm">
            {platform} · {m.admin_queue_counts({ running, waiting })}
            {oldestAt !== null && (
              <>
                {' '}
                · {m.admin_queue_oldest()} <Time at={oldestAt} />
              </>
            )}
          </Text>
        ))}
      </Stack>
    </Section>
  )
}

const columns = (tab: Tab) => [
  {
    id: 'file',
    header: m.admin_file(),
    width: 'minmax(0, 4fr)',
    cell: (file: FileView) => (
      <>
        <Anchor
          fw={500}
          renderRoot={(props) => (
            <Link {...props} search={{ search: file.fileId, file: file.id }} to="/admin/files" />
          )}
          size="sm"
        >
          {fileName(file)}
        </Anchor>
        <Text c="dimmed" size="xs">
          {file.platform}
        </Text>
      </>
    ),
  },
  {
    id: 'progress',
    header: tab === 'error' ? m.admin_file_refusal() : m.admin_progress(),
    width: 'minmax(0, 3fr)',
    cell: (file: FileView) =>
      tab === 'error' ? (
        <span lang="en">{file.refusal ?? m.admin_not_told()}</span>
      ) : (
        <FileProgress file={file} />
      ),
  },
  {
    id: 'fetcher',
    header: m.admin_fetcher(),
    width: 'minmax(0, 2fr)',
    cell: ({ worker }: FileView) => worker ?? m.admin_nobody(),
  },
  {
    id: 'attempts',
    header: m.admin_attempts(),
    width: '5rem',
    align: 'right' as const,
    cell: ({ attempts }: FileView) => formatNumber(attempts),
  },
  {
    id: 'changed',
    header: m.admin_changed(),
    width: '8rem',
    align: 'right' as const,
    cell: ({ updatedAt }: FileView) => <Time at={updatedAt} />,
  },
]

function FileProgress({ file }: { file: FileView }) {
  const { size, bytesDone } = file
  if (size === null || size === 0) return <Bytes value={bytesDone} />
  return (
    <Stack gap={4}>
      <Text size="xs">
        <Bytes value={bytesDone} /> {m.admin_of()} <Bytes value={size} /> · {formatPercent(bytesDone / size)}
      </Text>
      <Progress
        aria-label={m.admin_progress_of({ name: fileName(file) })}
        size="sm"
        value={(100 * bytesDone) / size}
      />
    </Stack>
  )
}
