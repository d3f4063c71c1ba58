import { Anchor, Badge, Container, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StatusHost } from '@obb/contracts'
import { ApiFailure } from '../api/failure.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Time } from '../shared/figures.js'
import { formatPercent, formatSpeed, formatTime } from '../shared/format.js'
import { HostsIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { everyPeriod } from '../shared/periods.js'
import { Strip } from '../shared/strip.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { AnnouncementNotice } from './announcement.js'
import { MaintenanceNotice } from './maintenance.js'
import { statusQuery } from './queries.js'
import styles from './status.module.css'

const STATES: Record<StatusHost['state'], { color: string; text: () => string; rank: number }> = {
  down: { color: 'red', text: m.status_down, rank: 0 },
  degraded: { color: 'orange', text: m.status_degraded, rank: 1 },
  working: { color: 'green', text: m.host_works, rank: 2 },
}

/** How they do together, in a sentence. */
function summaryOf(hosts: readonly StatusHost[]): string {
  if (hosts.length === 0) return m.status_no_hosts()
  const ailing = hosts.filter(({ state }) => state !== 'working').length
  return ailing === 0 ? m.status_all_work() : m.status_ailing({ count: ailing })
}

/** How hosts do, for everybody, where the operator has published it. */
export function StatusPage() {
  const { data, error, isPending, refetch } = useQuery(statusQuery)
  const isUnpublished = error instanceof ApiFailure && error.http === 404
  const hosts = [...(data?.hosts ?? [])].sort((a, b) => STATES[a.state].rank - STATES[b.state].rank)
  return (
    <Container component="main" py="xl" size="lg">
      <PageHeader
        actions={
          <Anchor component={Link} size="sm" to="/">
            {m.status_portal()}
          </Anchor>
        }
        lead={m.status_lead()}
        title={m.status_title()}
      />
      <Stack gap="lg">
        {isPending && <Pending />}
        {isUnpublished && (
          <EmptyState icon={<HostsIcon size={32} />} title={m.status_unpublished()}>
            {m.status_unpublished_hint()}
          </EmptyState>
        )}
        {error && !isUnpublished && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {data && !isUnpublished && (
          <>
            {data.maintenance && <MaintenanceNotice maintenance={data.maintenance} />}
            {data.announcement && <AnnouncementNotice announcement={data.announcement} />}
            <Text fw={600} role="status">
              {summaryOf(hosts)}
            </Text>
            <ul aria-label={m.nav_hosts()} className={styles['hosts']}>
              {hosts.map((host) => (
                <HostCard host={host} key={host.platform} now={Date.parse(data.updatedAt)} />
              ))}
            </ul>
            <Text c="dimmed" size="xs">
              {m.status_updated({ time: formatTime(data.updatedAt) })}
            </Text>
          </>
        )}
      </Stack>
    </Container>
  )
}

function HostCard({ host, now }: { host: StatusHost; now: number }) {
  const { platform, state, checkedAt, day, quarter, days } = host
  const { color, text } = STATES[state]
  const shares = everyPeriod(days, 90, now).map(({ period }) => period?.success ?? null)
  return (
    <Paper component="li" p="md" withBorder>
      <Stack gap="xs">
        <Group gap="xs" justify="space-between" wrap="nowrap">
          <Text fw={600}>{platform}</Text>
          <Badge color={color}>{text()}</Badge>
        </Group>
        <Strip shares={shares} />
        <dl className={styles['figures']}>
          <Figures name={m.history_day()} {...day} />
          <Figures name={m.history_quarter()} {...quarter} />
        </dl>
        <Text c="dimmed" size="xs">
          {checkedAt === null ? (
            m.status_never_checked()
          ) : (
            <>
              {m.status_checked()} <Time at={checkedAt} />
            </>
          )}
        </Text>
      </Stack>
    </Paper>
  )
}

function Figures({ name, success, speed }: { name: string } & StatusHost['day']) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{success === null ? m.status_no_fetch() : m.status_success({ share: formatPercent(success) })}</dd>
      <dd>{speed === null ? '' : formatSpeed(speed)}</dd>
    </>
  )
}
