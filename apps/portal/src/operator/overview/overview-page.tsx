import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  type Finding,
  type FindingPlace,
  type HostView,
  type Seen,
  type StoreView,
  accountTrouble,
  findingPlace,
  findingsOf,
  storeFilling,
  trafficDry,
} from '@obb/contracts'
import { type ReactNode, useState } from 'react'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { formatBytes, formatNumber, formatRelative, formatSpeed, formatTime } from '../../shared/format.js'
import { CheckIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { storeTitle } from '../files/store-state.js'
import { Section, StateBadge } from '../parts.js'
import {
  accountsQuery,
  doctorQuery,
  filesQuery,
  hostsQuery,
  refusedQuery,
  statusPageQuery,
  storeQuery,
  streamsQuery,
} from '../queries.js'
import { UnfinishedSetUp } from '../set-up/unfinished.js'
import styles from './overview.module.css'
import { Failures } from './failures.js'
import { FetchRate } from './fetch-rate.js'
import { findingText } from './finding-text.js'
import { Streams } from './streams.js'

const DAY_MS = 86_400e3

type SeenHere = Seen & { store: StoreView | undefined }

/** What needs a human first, then how much goes on. */
export function OverviewPage() {
  const [since] = useState(() => new Date(Date.now() - DAY_MS).toISOString())
  const queries = {
    doctor: useQuery(doctorQuery),
    accounts: useQuery(accountsQuery),
    hosts: useQuery(hostsQuery),
    store: useQuery(storeQuery),
    refused: useQuery(refusedQuery(since)),
  }
  const failed = Object.values(queries).filter(({ error }) => error !== null)
  const isPending = Object.values(queries).some((query) => query.isPending && !query.error)
  const seen: SeenHere = {
    doctor: queries.doctor.data,
    accounts: queries.accounts.data,
    hosts: queries.hosts.data,
    store: queries.store.data,
    refused: queries.refused.data,
  }
  return (
    <>
      <PageHeader title={m.nav_overview()} />
      <Stack gap="md">
        {failed[0] && (
          <ErrorNotice
            error={failed[0].error}
            onRetry={() => failed.forEach((query) => void query.refetch())}
          />
        )}
        <MaintenanceLasts />
        <UnfinishedSetUp />
        {isPending ? (
          <Pending />
        ) : (
          <Findings findings={findingsOf(seen, Date.now())} isWhole={failed.length === 0} />
        )}
        {!isPending && <Figures seen={seen} />}
        <Streams />
        <FetchRate />
        <Failures />
      </Stack>
    </>
  )
}

/** What it is is told above each page. */
function MaintenanceLasts() {
  const { data } = useQuery(statusPageQuery)
  if (!data?.maintenance) return null
  return (
    <Section
      actions={
        <Anchor renderRoot={(props) => <Link {...props} to="/admin/settings" />} size="sm">
          {m.admin_maintenance_overview()}
        </Anchor>
      }
      lead={m.admin_maintenance_since_when({ time: formatTime(data.maintenance.since) })}
      title={m.maintenance()}
    />
  )
}

function Findings({ findings, isWhole }: { findings: readonly Finding[]; isWhole: boolean }) {
  if (findings.length === 0) {
    if (!isWhole) return null
    return (
      <Paper withBorder>
        <EmptyState icon={<CheckIcon size={32} />} title={m.admin_all_well()}>
          {m.admin_all_well_hint()}
        </EmptyState>
      </Paper>
    )
  }
  return (
    <Section title={m.admin_needs_human({ count: findings.length })}>
      <Stack component="ul" gap="md" m={0} p={0}>
        {findings.map((finding) => (
          <FindingRow finding={finding} key={finding.key} />
        ))}
      </Stack>
    </Section>
  )
}

function FindingRow({ finding }: { finding: Finding }) {
  const { title, next } = findingText(finding)
  const place = findingPlace(finding)
  const words = 'words' in finding ? finding.words : null
  return (
    <Group align="flex-start" component="li" gap="sm" justify="space-between" style={{ listStyle: 'none' }}>
      <Stack flex="1 1 16rem" gap={2}>
        <Group gap="xs">
          <StateBadge color={finding.status === 'failing' ? 'red' : 'orange'}>
            {finding.status === 'failing' ? m.admin_failing() : m.admin_warning()}
          </StateBadge>
          <Text fw={600} size="sm">
            {title}
          </Text>
        </Group>
        {words !== null && words !== '' && (
          <Text c="dimmed" lang="en" size="sm">
            {words}
          </Text>
        )}
        {next !== undefined && <Text size="sm">{next}</Text>}
      </Stack>
      {place && (
        <PlaceLink label={m.admin_look_at({ title })} place={place}>
          {m.admin_look()}
        </PlaceLink>
      )}
    </Group>
  )
}

function PlaceLink({ place, label, children }: { place: FindingPlace; label?: string; children: ReactNode }) {
  return (
    <Anchor aria-label={label} renderRoot={(props) => <Link {...props} {...place} />} size="sm">
      {children}
    </Anchor>
  )
}

/** How much there is, each with what it is of. */
function Figures({ seen: { accounts, hosts, store, refused } }: { seen: SeenHere }) {
  const running = useInfiniteQuery(filesQuery({ state: 'downloading' }))
  const waiting = useInfiniteQuery(filesQuery({ state: 'pending' }))
  const { data: streams } = useQuery(streamsQuery)
  const usable = accounts?.filter((account) => !accountTrouble(account, Date.now())).length
  const enabled = hosts?.filter((host) => host.enabled)
  const working = enabled?.filter(({ health }) => health.working).length
  const attempts = refused?.reduce((sum, { count }) => sum + count, 0)
  return (
    <div className={styles['figures']}>
      <Figure name={m.admin_figure_running()} place={{ to: '/admin/queue' }} value={counted(running.data)} />
      <Figure name={m.admin_figure_waiting()} place={{ to: '/admin/queue' }} value={counted(waiting.data)} />
      <Figure
        name={m.admin_figure_streams()}
        note={streams && formatSpeed(streams.bytesPerSecond)}
        value={streams && formatNumber(streams.total)}
      />
      <Figure
        name={m.admin_figure_accounts()}
        place={{ to: '/admin/accounts', search: {} }}
        value={
          accounts &&
          m.admin_count_of({ part: formatNumber(usable ?? 0), all: formatNumber(accounts.length) })
        }
      />
      <Figure
        name={m.admin_figure_hosts()}
        place={{ to: '/admin/hosts', search: {} }}
        value={
          enabled && m.admin_count_of({ part: formatNumber(working ?? 0), all: formatNumber(enabled.length) })
        }
      />
      <Figure
        name={m.admin_figure_store()}
        place={{ to: '/admin/files' }}
        note={store && storeNote(store)}
        value={store && (store.room === null ? storeTitle(store.state) : formatBytes(store.room))}
      />
      {hosts && <TrafficFigure hosts={hosts} />}
      <Figure
        name={m.admin_figure_attempts()}
        place={{ to: '/admin/audit', search: { since: '24' } }}
        value={attempts === undefined ? undefined : formatNumber(attempts)}
      />
    </div>
  )
}

/** How much is stored, and when there is no room for more. */
function storeNote(store: StoreView): string {
  const [stored, filling] = [formatBytes(store.stored), storeFilling(store, Date.now())]
  if (!filling) return m.admin_figure_store_used({ stored })
  const when = formatRelative(filling.at)
  return filling.limit === 'quota'
    ? m.admin_figure_store_quota({ stored, when })
    : m.admin_figure_store_full({ stored, when })
}

/** Of the host whose traffic is used up first, if that of any will be. */
function TrafficFigure({ hosts }: { hosts: readonly HostView[] }) {
  const [first] = hosts
    .flatMap((host) => {
      const at = host.enabled ? trafficDry(host, Date.now()) : undefined
      return at === undefined ? [] : { ...host, at }
    })
    .toSorted((one, other) => one.at - other.at)
  if (!first?.traffic) return null
  const { platform, at, traffic } = first
  const [left, perDay] = [formatBytes(traffic.left), formatBytes(traffic.perDay ?? 0)]
  return (
    <Figure
      name={m.admin_figure_dry()}
      note={m.admin_figure_dry_note({ platform, left, perDay })}
      place={{ to: '/admin/hosts', search: { host: platform } }}
      value={formatRelative(at)}
    />
  )
}

/** How many are in a list, as far as its first page tells. */
function counted(
  data: { pages: { items: unknown[]; next: string | null }[] } | undefined,
): string | undefined {
  const page = data?.pages[0]
  if (!page) return undefined
  const count = formatNumber(page.items.length)
  return page.next === null ? count : m.admin_more_than({ count })
}

interface FigureProps {
  name: string
  value: string | undefined
  /** What it is of, where its name does not tell. */
  note?: string | undefined
  /** Where there is more of it. */
  place?: FindingPlace
}

function Figure({ name, value, note, place }: FigureProps) {
  return (
    <Paper p="md" withBorder>
      {place ? (
        <PlaceLink place={place}>{name}</PlaceLink>
      ) : (
        <Text component="span" size="sm">
          {name}
        </Text>
      )}
      <Text fw={600} size="xl">
        {value ?? '–'}
      </Text>
      {note !== undefined && (
        <Text c="dimmed" size="xs">
          {note}
        </Text>
      )}
    </Paper>
  )
}
