import { Group, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Suspense, lazy, useCallback, useMemo, useState } from 'react'
import { cancelLinkSoon, cancelLinksSoon } from '../downloads/cancel-links.js'
import { Filters } from '../downloads/filters.js'
import { LinkDrawer } from '../downloads/link-drawer.js'
import { linksQuery } from '../downloads/links-query.js'
import { NoLinks } from '../downloads/no-links.js'
import { grouped, itemKey, packageSelection } from '../downloads/packages.js'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { FilesIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { useHidden } from '../undo/postponed.js'
import { UndoButton } from '../undo/undo-button.js'
import { isReady } from './exports.js'
import type { Shown } from './file-actions.js'
import { type Actions, cardOf, columnsOf } from './file-columns.js'
import { type FilesSearch, filesSearch } from './search.js'
import { SelectedMenu } from './selected-menu.js'

const QrDialog = lazy(() => import('./qr-dialog.js').then(({ QrDialog }) => ({ default: QrDialog })))
const Preview = lazy(() => import('./preview.js').then(({ Preview }) => ({ default: Preview })))

const route = getRouteApi('/frame/files')

/** What is there: to be downloaded, handed on, and thrown away. */
export function FilesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { host, search: words, package: packageName, key } = search
  const files = useInfiniteQuery(
    linksQuery({ state: 'done', platform: host, search: words, package: packageName, key }),
  )
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const hidden = useHidden()
  const [shown, setShown] = useState<{ linkId: string; what: Shown }>()
  const { data } = files
  const links = useMemo(
    () => (data?.pages.flatMap((page) => page.links) ?? []).filter(({ linkId }) => !hidden.has(linkId)),
    [data, hidden],
  )
  const items = useMemo(() => grouped(links), [links])
  const chosen = links.filter(({ linkId }) => selected.has(linkId))
  const change = useCallback(
    (next: Partial<Record<keyof FilesSearch, string | undefined>>) =>
      void navigate({ search: (known) => filesSearch({ ...known, ...next }), replace: true }),
    [navigate],
  )
  const { more, isLooking } = usePages(files, links.length)
  const actions = useMemo<Actions>(
    () => ({
      onOpen: ({ linkId }) => change({ link: linkId }),
      onShow: ({ linkId }, what) => setShown({ linkId, what }),
      onPackage: (name) => change({ package: name }),
    }),
    [change],
  )
  const columns = useMemo(() => columnsOf(actions), [actions])
  const card = useMemo(() => cardOf(actions), [actions])
  const shownLink = links.filter(isReady).find(({ linkId }) => linkId === shown?.linkId)
  const close = () => setShown(undefined)
  const isFiltered = [host, words, packageName, key].some((part) => part !== undefined)
  return (
    <>
      <PageHeader lead={m.files_lead()} title={m.nav_files()} />
      <Stack gap="md">
        <Filters host={host} keyId={key} onChange={change} package={packageName} search={words} />
        {chosen.length > 0 && (
          <Group gap="sm" role="status">
            {m.selected({ count: chosen.length })}
            <SelectedMenu links={chosen.filter(isReady)} />
            <UndoButton
              count={chosen.length}
              onClick={() => {
                cancelLinksSoon(chosen, m.deleted({ count: chosen.length }))
                select(new Set())
              }}
              question={m.delete_question()}
              size="xs"
            >
              {m.delete_()}
            </UndoButton>
          </Group>
        )}
        {files.error && <ErrorNotice error={files.error} onRetry={() => void files.refetch()} />}
        {(files.isPending || isLooking) && <Pending />}
        {files.data && links.length === 0 && !isLooking && (
          <NoLinks icon={<FilesIcon size={32} />} isFiltered={isFiltered} title={m.files_empty_title()} />
        )}
        {links.length > 0 && (
          <DataTable
            card={card}
            columns={columns}
            label={m.nav_files()}
            onEnd={more}
            rowKey={itemKey}
            rows={items}
            selection={packageSelection(items, selected, select)}
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
      {/* Here, and not in a row, which is gone when it is out of sight. */}
      <Suspense>
        {shownLink && shown?.what === 'qr' && <QrDialog link={shownLink} onClose={close} />}
        {shownLink && shown?.what === 'preview' && <Preview link={shownLink} onClose={close} />}
      </Suspense>
    </>
  )
}
