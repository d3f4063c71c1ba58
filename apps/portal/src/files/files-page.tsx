import { Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ListedLink } from '@obb/contracts'
import { useState } from 'react'
import { cancelLinksSoon } from '../downloads/cancel-links.js'
import { Filters } from '../downloads/filters.js'
import { LinkDrawer } from '../downloads/link-drawer.js'
import { linksQuery } from '../downloads/links-query.js'
import { NameCell } from '../downloads/name-cell.js'
import { NoLinks } from '../downloads/no-links.js'
import { PackageCell } from '../downloads/package-cell.js'
import { grouped, isHead, itemKey, packageSelection } from '../downloads/packages.js'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Time } from '../shared/figures.js'
import { FilesIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { useHidden } from '../undo/postponed.js'
import { UndoButton } from '../undo/undo-button.js'
import { isReady } from './exports.js'
import { FileActions } from './file-actions.js'
import { type FilesSearch, filesSearch } from './search.js'
import { SelectedMenu } from './selected-menu.js'

const route = getRouteApi('/frame/files')

/** What is there: to be downloaded, handed on, and thrown away. */
export function FilesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { host, search: words, package: packageName } = search
  const files = useInfiniteQuery(
    linksQuery({ state: 'done', platform: host, search: words, package: packageName }),
  )
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const hidden = useHidden()
  const links = (files.data?.pages.flatMap((page) => page.links) ?? []).filter(
    ({ linkId }) => !hidden.has(linkId),
  )
  const items = grouped(links)
  const chosen = links.filter(({ linkId }) => selected.has(linkId))
  const change = (next: Partial<Record<keyof FilesSearch, string | undefined>>) =>
    void navigate({ search: (known) => filesSearch({ ...known, ...next }), replace: true })
  const open = ({ linkId }: ListedLink) => change({ link: linkId })
  const { more, isLooking } = usePages(files, links.length)
  const showPackage = (name: string) => change({ package: name })
  const isFiltered = [host, words, packageName].some((part) => part !== undefined)
  return (
    <>
      <PageHeader lead={m.files_lead()} title={m.nav_files()} />
      <Stack gap="md">
        <Filters host={host} onChange={change} package={packageName} search={words} />
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
              size="compact-sm"
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
            card={(item) =>
              isHead(item) ? (
                <PackageCell head={item} onOpen={showPackage} />
              ) : (
                <Stack gap="xs">
                  <NameCell link={item} onOpen={open} />
                  <Text c="dimmed" size="xs">
                    {m.fact_expires()} · <Time at={item.expires_at} />
                  </Text>
                  <FileActions link={item} onOpen={open} />
                </Stack>
              )
            }
            columns={[
              {
                id: 'name',
                header: m.col_name(),
                width: 'minmax(0, 1fr)',
                cell: (item) =>
                  isHead(item) ? (
                    <PackageCell head={item} onOpen={showPackage} />
                  ) : (
                    <NameCell link={item} onOpen={open} />
                  ),
              },
              {
                id: 'expires',
                header: m.fact_expires(),
                width: '9rem',
                align: 'right',
                cell: (item) => !isHead(item) && <Time at={item.expires_at} />,
              },
              {
                id: 'actions',
                header: m.actions(),
                hideHeader: true,
                width: '15rem',
                align: 'right',
                cell: (item) => !isHead(item) && <FileActions link={item} onOpen={open} />,
              },
            ]}
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
        onCancel={(link) => {
          cancelLinksSoon([link], m.deleted({ count: 1 }))
          change({ link: undefined })
        }}
        onClose={() => change({ link: undefined })}
      />
    </>
  )
}
