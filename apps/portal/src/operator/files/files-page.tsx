import { Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { EmptyState } from '../../shared/empty-state.js'
import { Bytes, Time } from '../../shared/figures.js'
import { formatNumber } from '../../shared/format.js'
import { FilesIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { SearchInput } from '../../shared/search-input.js'
import { m } from '../../shared/text.js'
import { Listed, useRows } from '../listed.js'
import { OpenRow, StateBadge } from '../parts.js'
import { filesQuery } from '../queries.js'
import { FILE_STATES, type FileState, withoutUnset } from '../search.js'
import { FileDetails } from './file-details.js'
import { FileStateBadge, fileName, fileStateText } from './file-state.js'
import { Store } from './store.js'

const route = getRouteApi('/frame/operator/admin/files')

/** What lies in the store, and the store. */
export function FilesPage() {
  const { search, state, file: opened } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useRows(useInfiniteQuery(filesQuery({ search, state })))
  const change = (next: {
    search?: string | undefined
    state?: FileState | undefined
    file?: string | undefined
  }) => void navigate({ search: (known) => withoutUnset({ ...known, ...next }), replace: true })
  const isFiltered = search !== undefined || state !== undefined
  return (
    <>
      <PageHeader lead={m.admin_files_lead()} title={m.nav_storage()} />
      <Stack gap="md">
        <Store />
        <Group gap="sm" justify="space-between">
          <SearchInput
            label={m.admin_files_search()}
            onChange={(text) => change({ search: text })}
            value={search}
          />
          <NativeSelect
            aria-label={m.admin_state()}
            data={[
              { value: '', label: m.admin_all_states() },
              ...FILE_STATES.map((value) => ({ value, label: fileStateText(value) })),
            ]}
            onChange={(event) =>
              change({ state: (event.currentTarget.value || undefined) as FileState | undefined })
            }
            value={state ?? ''}
          />
        </Group>
        <Listed
          columns={[
            {
              id: 'name',
              header: m.admin_file(),
              width: 'minmax(0, 4fr)',
              cell: (file) => (
                <>
                  <OpenRow onOpen={() => change({ file: file.id })}>{fileName(file)}</OpenRow>
                  <Text c="dimmed" size="xs">
                    {file.platform}
                  </Text>
                </>
              ),
            },
            {
              id: 'state',
              header: m.admin_state(),
              width: 'minmax(0, 2fr)',
              cell: (file) => (
                <Group gap={6}>
                  <FileStateBadge file={file} />
                  {file.pinned && <StateBadge color="lake">{m.admin_file_pinned()}</StateBadge>}
                </Group>
              ),
            },
            {
              id: 'size',
              header: m.admin_size(),
              width: 'minmax(0, 1.2fr)',
              align: 'right',
              cell: ({ size }) => (size === null ? m.admin_not_told() : <Bytes value={size} />),
            },
            {
              id: 'links',
              header: m.admin_links(),
              width: '5rem',
              align: 'right',
              cell: ({ links }) => formatNumber(links),
            },
            {
              id: 'changed',
              header: m.admin_changed(),
              width: '8rem',
              align: 'right',
              cell: ({ updatedAt }) => <Time at={updatedAt} />,
            },
          ]}
          empty={
            <EmptyState
              icon={<FilesIcon size={32} />}
              title={isFiltered ? m.admin_nothing_found() : m.admin_files_none()}
            >
              {isFiltered ? m.admin_filter_next() : m.admin_files_none_next()}
            </EmptyState>
          }
          label={m.nav_storage()}
          list={list}
          rowKey={({ id }) => id}
        />
      </Stack>
      <FileDetails
        file={list.rows.find(({ id }) => id === opened)}
        onClose={() => change({ file: undefined })}
      />
    </>
  )
}
