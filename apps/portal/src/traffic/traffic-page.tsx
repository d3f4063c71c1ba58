import { Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { HostLimit } from '@obb/contracts'
import { useMemo } from 'react'
import { call } from '../api/call.js'
import type { LedgerRow } from '../api/portal-types.js'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Bytes, ExactTime } from '../shared/figures.js'
import { formatBytes, formatDuration, formatTime } from '../shared/format.js'
import { TrafficIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { accountQuery } from './account.js'
import { Days } from './days.js'
import { ExportMenu } from './export-menu.js'

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

const KINDS: Record<LedgerRow['kind'], () => string> = {
  grant: m.ledger_grant,
  charge: m.ledger_charge,
  refund: m.ledger_refund,
  adjustment: m.ledger_adjustment,
}

function Ledger() {
  const ledger = useInfiniteQuery({
    queryKey: ['ledger'],
    queryFn: ({ pageParam, signal }) =>
      call('GET ledger', { query: { after: pageParam, limit: 100 }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const { data } = ledger
  const rows = useMemo(
    () =>
      (data?.pages.flatMap((page) => page.items) ?? []).map((row, index) => ({ ...row, key: String(index) })),
    [data],
  )
  const { more } = usePages(ledger, rows.length)
  return (
    <section aria-labelledby="ledger">
      <Group gap="sm" justify="space-between" mb="sm">
        <Title id="ledger" order={2}>
          {m.ledger_title()}
        </Title>
        <ExportMenu />
      </Group>
      {ledger.error && <ErrorNotice error={ledger.error} onRetry={() => void ledger.refetch()} />}
      {ledger.isPending && <Pending />}
      {data && rows.length === 0 && (
        <EmptyState icon={<TrafficIcon size={32} />} title={m.ledger_empty()}>
          {m.ledger_empty_hint()}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          columns={[
            { id: 'at', header: m.col_time(), width: '11rem', cell: ({ at }) => <ExactTime at={at} /> },
            { id: 'kind', header: m.col_kind(), width: '7rem', cell: ({ kind }) => KINDS[kind]() },
            {
              id: 'what',
              header: m.col_what(),
              width: 'minmax(0, 1fr)',
              cell: ({ platform, fileName, note }) => (
                <div>
                  <Text size="sm">{fileName ?? note ?? '–'}</Text>
                  {platform && (
                    <Text c="dimmed" size="xs">
                      {platform}
                    </Text>
                  )}
                </div>
              ),
            },
            {
              id: 'amount',
              header: m.col_amount(),
              width: '7rem',
              align: 'right',
              cell: ({ amount }) => <Amount value={amount} />,
            },
            {
              id: 'balance',
              header: m.col_balance(),
              width: '7rem',
              align: 'right',
              cell: ({ balance }) => (balance == null ? '–' : <Bytes value={balance} />),
            },
          ]}
          card={(row) => <LedgerCard row={row} />}
          label={m.ledger_title()}
          onEnd={more}
          rowKey={({ key }) => key}
          rows={rows}
        />
      )}
    </section>
  )
}

function Amount({ value }: { value: number }) {
  return (
    <>
      {value > 0 ? '+' : ''}
      <Bytes value={value} />
    </>
  )
}

/** An entry on a phone: what and how much, and below that when, why and what was left. */
function LedgerCard({ row: { at, kind, platform, fileName, note, amount, balance } }: { row: LedgerRow }) {
  return (
    <Stack gap={2}>
      <Group align="flex-start" gap="sm" justify="space-between" wrap="nowrap">
        <Text fw={500} size="sm">
          {fileName ?? note ?? KINDS[kind]()}
        </Text>
        <Text flex="none" size="sm">
          <Amount value={amount} />
        </Text>
      </Group>
      <Text c="dimmed" size="xs">
        {KINDS[kind]()} {platform !== null && `· ${platform} `}· <ExactTime at={at} />
      </Text>
      {balance != null && (
        <Text c="dimmed" size="xs">
          {m.col_balance()} · <Bytes value={balance} />
        </Text>
      )}
    </Stack>
  )
}
