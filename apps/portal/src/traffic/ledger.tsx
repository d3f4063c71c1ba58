import { Group, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { call } from '../api/call.js'
import type { LedgerRow } from '../api/portal-types.js'
import { cancelLinkSoon } from '../downloads/cancel-links.js'
import { LinkDrawer } from '../downloads/link-drawer.js'
import type { Column } from '../shared/data-table-props.js'
import { DataTable } from '../shared/data-table.js'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { ExportMenu } from '../shared/export-menu.js'
import { Bytes, ExactTime } from '../shared/figures.js'
import { TrafficIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { type LedgerFilter, saveKeyUsage, saveLedger, saveUsage } from './export-ledger.js'
import { Amount, KINDS, LedgerCard, LedgerSubject } from './ledger-entry.js'
import { LedgerFilters } from './ledger-filters.js'
import { type TrafficSearch, trafficSearch } from './search.js'

const route = getRouteApi('/frame/traffic')
const PAGE = 100
const DAY_MS = 86_400_000

function useFilter({ kind, host, key, days }: TrafficSearch): LedgerFilter {
  // Of the days in the URL, fixed while they stay: a moving time would be another question each time.
  const since = useMemo(
    () => (days === undefined ? undefined : new Date(Date.now() - Number(days) * DAY_MS).toISOString()),
    [days],
  )
  return { kind, platform: host, key, since }
}

function useLedger(filter: LedgerFilter) {
  return useInfiniteQuery({
    queryKey: ['ledger', filter],
    queryFn: ({ pageParam, signal }) =>
      call('GET ledger', { query: { ...filter, after: pageParam, limit: PAGE }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
}

/** Every charge and what else moved the traffic. */
export function Ledger() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useFilter(search)
  const ledger = useLedger(filter)
  const change = useCallback(
    (next: { [K in keyof TrafficSearch]?: string | undefined }) =>
      void navigate({
        search: (known) => trafficSearch({ ...known, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )
  const { data } = ledger
  const rows = useMemo(
    () =>
      (data?.pages.flatMap((page) => page.items) ?? []).map((row, index) => ({ ...row, id: String(index) })),
    [data],
  )
  const open = useCallback((link: string) => change({ link }), [change])
  const columns = useMemo(() => columnsOf(open), [open])
  const { more, isLooking } = usePages(ledger, rows.length)
  const title = useRef<HTMLHeadingElement>(null)
  const isKnown = data !== undefined
  // Who comes from a key has come for its entries, which are below what is there later than the address.
  useEffect(() => {
    if (isKnown && window.location.hash === '#ledger') title.current?.scrollIntoView()
  }, [isKnown, search.key])
  const isFiltered = [search.kind, search.host, search.key, search.days].some((part) => part !== undefined)
  return (
    <section aria-labelledby="ledger">
      <Group gap="sm" justify="space-between" mb="sm">
        <Title id="ledger" order={2} ref={title}>
          {m.ledger_title()}
        </Title>
        <ExportMenu
          of={[
            {
              title: m.ledger_title(),
              label: m.export_ledger,
              write: (exporting) => saveLedger(exporting, filter),
            },
            { title: m.usage_title(), label: m.export_usage, write: saveUsage },
            { title: m.usage_keys_title(), label: m.export_usage, write: saveKeyUsage },
          ]}
        />
      </Group>
      <LedgerFilters onChange={change} search={search} />
      {ledger.error && <ErrorNotice error={ledger.error} onRetry={() => void ledger.refetch()} />}
      {(ledger.isPending || isLooking) && <Pending />}
      {data && rows.length === 0 && !isLooking && (
        <EmptyState
          icon={<TrafficIcon size={32} />}
          title={isFiltered ? m.nothing_found() : m.ledger_empty()}
        >
          {isFiltered ? m.ledger_nothing_found() : m.ledger_empty_hint()}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          card={(row) => <LedgerCard onOpen={open} row={row} />}
          columns={columns}
          label={m.ledger_title()}
          onEnd={more}
          rowKey={({ id }) => id}
          rows={rows}
        />
      )}
      <LinkDrawer
        linkId={search.link}
        onCancel={(link) => {
          cancelLinkSoon(link)
          change({ link: undefined })
        }}
        onClose={() => change({ link: undefined })}
      />
    </section>
  )
}

const columnsOf = (onOpen: (linkId: string) => void): Column<LedgerRow>[] => [
  { id: 'at', header: m.col_time(), width: '11rem', cell: ({ at }) => <ExactTime at={at} /> },
  { id: 'kind', header: m.col_kind(), width: '7rem', cell: ({ kind }) => KINDS[kind]() },
  {
    id: 'what',
    header: m.col_what(),
    width: 'minmax(0, 1fr)',
    cell: (row) => <LedgerSubject onOpen={onOpen} row={row} />,
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
    cell: ({ balance }) => <Bytes value={balance} />,
  },
]
