import { Group, SegmentedControl, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ListedLink } from '@obb/contracts'
import { useCallback, useMemo, useState } from 'react'
import type { Column } from '../shared/data-table-props.js'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Time } from '../shared/figures.js'
import { DownloadIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { useHidden } from '../undo/postponed.js'
import { UndoButton } from '../undo/undo-button.js'
import { cancelLinkSoon, cancelLinksSoon } from './cancel-links.js'
import { Filters } from './filters.js'
import { LinkDrawer } from './link-drawer.js'
import { linksQuery } from './links-query.js'
import { NameCell } from './name-cell.js'
import { NoLinks } from './no-links.js'
import { PackageCell } from './package-cell.js'
import { type Item, grouped, isHead, itemKey, packageSelection } from './packages.js'
import { LinkProgress } from './progress.js'
import { type DownloadsSearch, downloadsSearch } from './search.js'

const route = getRouteApi('/frame/downloads')

/** Everything that is shown together, by state: what is under way has two. */
function useLinks({ state, host, search, package: name, key }: DownloadsSearch) {
  const filter = { platform: host, search, package: name, key }
  const first = useInfiniteQuery(linksQuery({ state: state ?? 'downloading', ...filter }))
  const second = useInfiniteQuery({
    ...linksQuery({ state: 'pending', ...filter }),
    enabled: state === undefined,
  })
  const queries = state === undefined ? [first, second] : [first]
  const hidden = useHidden()
  const lists = [first.data, state === undefined ? second.data : undefined]
  const links = useMemo(
    () =>
      lists
        .flatMap((data) => data?.pages.flatMap((page) => page.links) ?? [])
        .filter(({ linkId }) => !hidden.has(linkId)),
    [...lists, hidden], // as many in every call
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
  const change = useCallback(
    (next: Partial<Record<keyof DownloadsSearch, string | undefined>>) =>
      void navigate({ search: (known) => downloadsSearch({ ...known, ...next }), replace: true }),
    [navigate],
  )
  const showPackage = useCallback((name: string) => change({ package: name }), [change])
  const open = useCallback(({ linkId }: ListedLink) => change({ link: linkId }), [change])
  const columns = useMemo(() => columnsOf(open, showPackage), [open, showPackage])
  const chosen = links.filter(({ linkId }) => selected.has(linkId))
  const items = useMemo(() => grouped(links), [links])
  const stop = (which: readonly ListedLink[]) => cancelLinksSoon(which, m.stopped({ count: which.length }))
  const isFiltered = [search.host, search.search, search.state, search.package, search.key].some(
    (part) => part !== undefined,
  )
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
          <Filters
            host={search.host}
            keyId={search.key}
            onChange={change}
            package={search.package}
            search={search.search}
          />
        </Group>
        {chosen.length > 0 && (
          <Group gap="sm" role="status">
            {m.selected({ count: chosen.length })}
            <UndoButton
              count={chosen.length}
              onClick={() => {
                stop(chosen)
                select(new Set())
              }}
              question={m.stop_question()}
              size="xs"
            >
              {m.stop()}
            </UndoButton>
          </Group>
        )}
        {error && <ErrorNotice error={error} onRetry={retry} />}
        {isPending && !error && <Pending />}
        {!isPending && !error && links.length === 0 && (
          <NoLinks
            icon={<DownloadIcon size={32} />}
            isFiltered={isFiltered}
            title={m.downloads_empty_title()}
          />
        )}
        {links.length > 0 && (
          <DataTable
            card={(item) =>
              isHead(item) ? (
                <PackageCell head={item} onOpen={showPackage} />
              ) : (
                <Stack gap="xs">
                  <NameCell link={item} onOpen={open} />
                  <LinkProgress link={item} />
                </Stack>
              )
            }
            columns={columns}
            label={m.nav_downloads()}
            onEnd={more}
            rowKey={itemKey}
            rows={items}
            {...(search.state === undefined && { selection: packageSelection(items, selected, select) })}
          />
        )}
      </Stack>
      <LinkDrawer
        link={links.find(({ linkId }) => linkId === search.link)}
        linkId={search.link}
        onCancel={(link) => {
          cancelLinkSoon(link)
          change({ link: undefined })
        }}
        onClose={() => change({ link: undefined })}
      />
    </>
  )
}

const columnsOf = (open: (link: ListedLink) => void, showPackage: (name: string) => void): Column<Item>[] => [
  {
    id: 'name',
    header: m.col_name(),
    width: 'minmax(0, 5fr)',
    cell: (item) =>
      isHead(item) ? (
        <PackageCell head={item} onOpen={showPackage} />
      ) : (
        <NameCell link={item} onOpen={open} />
      ),
  },
  {
    id: 'progress',
    header: m.col_progress(),
    width: 'minmax(0, 4fr)',
    cell: (item) => !isHead(item) && <LinkProgress link={item} />,
  },
  {
    id: 'added',
    header: m.fact_added(),
    width: '8rem',
    align: 'right',
    cell: (item) => !isHead(item) && <Time at={item.created_at} />,
  },
]
