import { ActionIcon, Button, Group, Menu, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ListedLink } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../api/call.js'
import { useCancelLinks } from '../downloads/cancel-links.js'
import { Filters } from '../downloads/filters.js'
import { LinkDrawer } from '../downloads/link-drawer.js'
import { linksQuery } from '../downloads/links-query.js'
import { NameCell } from '../downloads/name-cell.js'
import { NoLinks } from '../downloads/no-links.js'
import { ConfirmButton } from '../shared/confirm-button.js'
import { CopyButton, CopyIconButton, copy } from '../shared/copy.js'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Time } from '../shared/figures.js'
import { DownloadIcon, FilesIcon, MoreIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'
import { COMMANDS, COMMAND_NAMES } from './commands.js'
import { type FilesSearch, filesSearch } from './search.js'

const route = getRouteApi('/frame/files')

/** What is there: to be downloaded, handed on, and thrown away. */
export function FilesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const files = useInfiniteQuery(linksQuery({ state: 'done', platform: search.host, search: search.search }))
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const remove = useCancelLinks()
  const links = files.data?.pages.flatMap((page) => page.links) ?? []
  const names = new Map(links.map(({ linkId, filename }) => [linkId, filename]))
  const chosen = links.filter(({ linkId }) => selected.has(linkId))
  const change = (next: Partial<Record<keyof FilesSearch, string | undefined>>) =>
    void navigate({ search: (known) => filesSearch({ ...known, ...next }), replace: true })
  const open = ({ linkId }: ListedLink) => change({ link: linkId })
  const { more, isLooking } = usePages(files, links.length)
  const isFiltered = search.host !== undefined || search.search !== undefined
  return (
    <>
      <PageHeader lead={m.files_lead()} title={m.nav_files()} />
      <Stack gap="md">
        <Filters host={search.host} onChange={change} search={search.search} />
        {chosen.length > 0 && (
          <Group gap="sm" role="status">
            {m.selected({ count: chosen.length })}
            <CopyButton
              label={m.copy_links()}
              text={() => chosen.flatMap(({ link }) => (link === null ? [] : [link])).join('\n')}
            />
            <ConfirmButton
              confirm={m.delete_()}
              loading={remove.isPending}
              onConfirm={() => {
                remove.mutate(chosen.map(({ linkId }) => linkId))
                select(new Set())
              }}
              question={m.delete_question()}
              size="compact-sm"
            >
              {m.delete_()}
            </ConfirmButton>
          </Group>
        )}
        {remove.error && <ErrorNotice error={remove.error} />}
        {files.error && <ErrorNotice error={files.error} onRetry={() => void files.refetch()} />}
        {(files.isPending || isLooking) && <Pending />}
        {files.data && links.length === 0 && !isLooking && (
          <NoLinks icon={<FilesIcon size={32} />} isFiltered={isFiltered} title={m.files_empty_title()} />
        )}
        {links.length > 0 && (
          <DataTable
            card={(link) => (
              <Stack gap="xs">
                <NameCell link={link} onOpen={open} />
                <Text c="dimmed" size="xs">
                  {m.fact_expires()} · <Time at={link.expires_at} />
                </Text>
                <Actions link={link} />
              </Stack>
            )}
            columns={[
              {
                id: 'name',
                header: m.col_name(),
                width: 'minmax(0, 1fr)',
                cell: (link) => <NameCell link={link} onOpen={open} />,
              },
              {
                id: 'expires',
                header: m.fact_expires(),
                width: '9rem',
                align: 'right',
                cell: (link) => <Time at={link.expires_at} />,
              },
              {
                id: 'actions',
                header: m.actions(),
                hideHeader: true,
                width: '15rem',
                align: 'right',
                cell: (link) => <Actions link={link} />,
              },
            ]}
            label={m.nav_files()}
            onEnd={more}
            rowKey={({ linkId }) => linkId}
            rows={links}
            selection={{
              selected,
              onChange: select,
              labelOf: (key) => names.get(key) ?? key,
            }}
          />
        )}
      </Stack>
      <LinkDrawer
        link={links.find(({ linkId }) => linkId === search.link)}
        onCancel={({ linkId }) => remove.mutate([linkId])}
        onClose={() => change({ link: undefined })}
      />
    </>
  )
}

function Actions({ link }: { link: ListedLink }) {
  const { link: url, filename } = link
  if (url === null) return <FetchAgain link={link} />
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button
        aria-label={m.download_named({ name: filename })}
        component="a"
        href={url}
        leftSection={<DownloadIcon size={16} />}
        size="xs"
        variant="light"
      >
        {m.download()}
      </Button>
      <CopyIconButton label={m.copy_link_of({ name: filename })} text={url} />
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon aria-label={m.copy_as_of({ name: filename })} color="gray" variant="subtle">
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{m.copy_as()}</Menu.Label>
          {COMMAND_NAMES.map((name) => (
            <Menu.Item key={name} onClick={() => void copy(COMMANDS[name](link))}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

/** A file that made room for others is fetched once more, and costs nothing. */
function FetchAgain({ link: { linkId } }: { link: ListedLink }) {
  const client = useQueryClient()
  const ask = useMutation({
    mutationFn: () => call('GET link/{id}', { params: { id: linkId } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['links'] }),
  })
  return (
    <Button loading={ask.isPending} onClick={() => ask.mutate()} size="xs" variant="default">
      {m.fetch_again()}
    </Button>
  )
}
