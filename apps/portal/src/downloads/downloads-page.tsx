import { Group, SegmentedControl, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ListedLink } from '@obb/contracts'
import { useCallback, useMemo, useState } from 'react'
import { ConfirmButton } from '../shared/confirm-button.js'
import { type Column, DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Time } from '../shared/figures.js'
import { DownloadIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { useCancelLinks } from './cancel-links.js'
import { Filters } from './filters.js'
import { LinkDrawer } from './link-drawer.js'
import { linksQuery } from './links-query.js'
import { NameCell } from './name-cell.js'
import { NoLinks } from './no-links.js'
import { LinkProgress } from './progress.js'
import { type DownloadsSearch, downloadsSearch } from './search.js'

const route = getRouteApi('/frame/downloads')

/** Everything that is shown together, by state: what is under way has two. */
function useLinks({ state, host, search }: DownloadsSearch) {
  const filter = { platform: host, search }
  const first = useInfiniteQuery(linksQuery({ state: state ?? 'downloading', ...filter }))
  const second = useInfiniteQuery({
    ...linksQuery({ state: 'pending', ...filter }),
    enabled: state === undefined,
  })
  const queries = state === undefined ? [first, second] : [first]
  const lists = [first.data, state === undefined ? second.data : undefined]
  const links = useMemo(
    () => lists.flatMap((data) => data?.pages.flatMap((page) => page.links) ?? []),
    lists, // as many in every call
  )
  const { more, isLooking } = usePages(queries.find(({ hasNextPage }) => hasNextPage) ?? first, links.length)
  return {
    links,
    more,
    isPending: isLooking || queries.some((query) => query.isPending),
    error: queries.find((query) => query.error !== null)?.error ?? null,
    retry: () => queries.forEach((query) => void query.refetch()),
  }
}

/** What comes in: how far it is, and why it waits. */
export function DownloadsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { links, more, isPending, error, retry } = useLinks(search)
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const cancel = useCancelLinks()
  const change = useCallback(
    (next: Partial<Record<keyof DownloadsSearch, string | undefined>>) =>
      void navigate({ search: (known) => downloadsSearch({ ...known, ...next }), replace: true }),
    [navigate],
  )
  const open = useCallback(({ linkId }: ListedLink) => change({ link: linkId }), [change])
  const columns = useMemo(() => columnsOf(open), [open])
  const names = useMemo(() => new Map(links.map(({ linkId, filename }) => [linkId, filename])), [links])
  const chosen = links.filter(({ linkId }) => selected.has(linkId))
  const isFiltered = [search.host, search.search, search.state].some((part) => part !== undefined)
  return (
    <>
      <PageHeader lead={m.downloads_lead()} title={m.nav_downloads()} />
      <Stack gap="md">
        <Group justify="space-between">
          <SegmentedControl
            aria-label={m.filter_state()}
            data={[
              { value: '', label: m.filter_under_way() },
              { value: 'error', label: m.state_error() },
              { value: 'ended', label: m.state_ended() },
            ]}
            onChange={(state) => change({ state: state || undefined })}
            value={search.state ?? ''}
          />
          <Filters host={search.host} onChange={change} search={search.search} />
        </Group>
        {chosen.length > 0 && (
          <Group gap="sm" role="status">
            {m.selected({ count: chosen.length })}
            <ConfirmButton
              confirm={m.stop()}
              loading={cancel.isPending}
              onConfirm={() => {
                cancel.mutate(chosen.map(({ linkId }) => linkId))
                select(new Set())
              }}
              question={m.stop_question()}
              size="xs"
            >
              {m.stop()}
            </ConfirmButton>
          </Group>
        )}
        {cancel.error && <ErrorNotice error={cancel.error} />}
        {error && <ErrorNotice error={error} onRetry={retry} />}
        {isPending && !error && <Pending />}
        {!isPending && links.length === 0 && (
          <NoLinks
            icon={<DownloadIcon size={32} />}
            isFiltered={isFiltered}
            title={m.downloads_empty_title()}
          />
        )}
        {links.length > 0 && (
          <DataTable
            card={(link) => (
              <Stack gap="xs">
                <NameCell link={link} onOpen={open} />
                <LinkProgress link={link} />
              </Stack>
            )}
            columns={columns}
            label={m.nav_downloads()}
            onEnd={more}
            rowKey={({ linkId }) => linkId}
            rows={links}
            {...(search.state === undefined && {
              selection: {
                selected,
                onChange: select,
                labelOf: (key) => names.get(key) ?? key,
              },
            })}
          />
        )}
      </Stack>
      <LinkDrawer
        link={links.find(({ linkId }) => linkId === search.link)}
        onCancel={({ linkId }) => {
          cancel.mutate([linkId])
          change({ link: undefined })
        }}
        onClose={() => change({ link: undefined })}
      />
    </>
  )
}

const columnsOf = (open: (link: ListedLink) => void): Column<ListedLink>[] => [
  {
    id: 'name',
    header: m.col_name(),
    width: 'minmax(0, 5fr)',
    cell: (link) => <NameCell link={link} onOpen={open} />,
  },
  {
    id: 'progress',
    header: m.col_progress(),
    width: 'minmax(0, 4fr)',
    cell: (link) => <LinkProgress link={link} />,
  },
  {
    id: 'added',
    header: m.fact_added(),
    width: '8rem',
    align: 'right',
    cell: (link) => <Time at={link.created_at} />,
  },
]
