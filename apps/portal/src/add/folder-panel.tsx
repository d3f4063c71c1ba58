import { ActionIcon, Button, Checkbox, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useId, useMemo, useState } from 'react'
import type { Column } from '../shared/data-table-props.js'
import { DataTable } from '../shared/data-table.js'
import { Bytes } from '../shared/figures.js'
import { formatBytes, formatNumber } from '../shared/format.js'
import { CloseIcon, FolderIcon } from '../shared/icons.js'
import { refusalSentences } from '../shared/refusals.js'
import { m } from '../shared/text.js'
import styles from './add-page.module.css'
import { type FolderFile, type TreeRow, treeRows } from './folder-tree.js'
import { globMatcher } from './glob.js'
import type { Refusal, Refused } from './use-add.js'
import type { Folders } from './use-folders.js'

interface FolderPanelProps {
  /** The folder's link. */
  root: string
  folders: Folders
  refused: Refused
  onRemove: () => void
}

/** A folder as a tree, in which one ticks what is wanted. */
export function FolderPanel({ root, folders, refused, onRemove }: FolderPanelProps) {
  const id = useId()
  const [pattern, setPattern] = useState('')
  const [settled] = useDebouncedValue(pattern, 150)
  const { open, ticked, tick, opening, expand, filesOf } = folders
  const columns = useMemo(
    () => columnsOf({ ticked, tick, opening, expand, refused }),
    [ticked, tick, opening, expand, refused],
  )
  const rows = useMemo(() => treeRows(root, open, globMatcher(settled)), [root, open, settled])
  const shown = rows.filter((row) => row.kind === 'file')
  const files = filesOf(root)
  const wanted = files.filter(({ url }) => ticked.has(url))
  const title = open.get(root)?.title ?? root
  return (
    <Paper aria-labelledby={id} component="section" p="sm" withBorder>
      <Stack gap="sm">
        <Group gap="xs" justify="space-between" wrap="nowrap">
          <Group className={styles['title'] ?? ''} gap="xs" wrap="nowrap">
            <FolderIcon />
            <Title className={styles['name'] ?? ''} id={id} order={2} size="h5" title={root}>
              {title}
            </Title>
          </Group>
          <ActionIcon
            aria-label={m.remove_named({ name: title })}
            color="gray"
            onClick={onRemove}
            title={m.remove()}
            variant="subtle"
          >
            <CloseIcon size={16} />
          </ActionIcon>
        </Group>
        <Group gap="sm">
          <TextInput
            aria-label={m.folder_pattern()}
            flex={1}
            maw={280}
            maxLength={100}
            miw={140}
            onChange={(event) => setPattern(event.currentTarget.value)}
            placeholder={m.folder_pattern_example()}
            size="xs"
            value={pattern}
          />
          <Button onClick={() => tick(shown, true)} size="compact-sm" variant="default">
            {m.folder_all()}
          </Button>
          <Button onClick={() => tick(shown, false)} size="compact-sm" variant="default">
            {m.folder_none()}
          </Button>
          <Text aria-live="polite" c="dimmed" size="sm">
            {m.folder_ticked({
              ticked: formatNumber(wanted.length),
              count: formatNumber(files.length),
              size: formatBytes(sizeOf(wanted)),
            })}
          </Text>
        </Group>
        {rows.length === 0 ? (
          <Text c="dimmed" size="sm">
            {m.nothing_found()}
          </Text>
        ) : (
          <DataTable
            columns={columns}
            label={m.folder_label({ name: title })}
            rowKey={({ url }) => url}
            rows={rows}
          />
        )}
      </Stack>
    </Paper>
  )
}

const sizeOf = (files: readonly FolderFile[]) => files.reduce((sum, { size }) => sum + (size ?? 0), 0)

/** What a row shows beside the file or folder itself. */
type Shown = Pick<Folders, 'ticked' | 'tick' | 'opening' | 'expand'> & { refused: Refused }

function columnsOf({ ticked, tick, opening, expand, refused }: Shown): Column<TreeRow>[] {
  return [
    {
      id: 'tick',
      header: m.folder_wanted(),
      hideHeader: true,
      width: '24px',
      cell: (row) => <Tick row={row} tick={tick} ticked={ticked} />,
    },
    {
      id: 'name',
      header: m.col_name(),
      width: 'minmax(0, 1fr)',
      cell: (row) => (
        <Name
          isOpening={opening.has(row.url)}
          onExpand={() => expand(row.url)}
          refusal={refused.get(row.url)}
          row={row}
        />
      ),
    },
    {
      id: 'size',
      header: m.col_size(),
      width: '6rem',
      align: 'right',
      cell: (row) => <Size row={row} />,
    },
  ]
}

function Tick({ row, ticked, tick }: { row: TreeRow } & Pick<Folders, 'ticked' | 'tick'>) {
  const files = row.kind === 'file' ? [row] : row.files
  const count = files.filter(({ url }) => ticked.has(url)).length
  const isWhole = count > 0 && count === files.length
  return (
    <Checkbox
      aria-label={m.select_row({ name: row.name })}
      checked={isWhole}
      disabled={files.length === 0}
      indeterminate={count > 0 && !isWhole}
      onChange={() => tick(files, !isWhole)}
      size="sm"
    />
  )
}

interface NameProps {
  row: TreeRow
  isOpening: boolean
  onExpand: () => void
  refusal: Refusal | undefined
}

function Name({ row, isOpening, onExpand, refusal }: NameProps) {
  return (
    <div style={{ paddingInlineStart: `${row.depth * 1.25}rem` }}>
      <Group gap="xs" wrap="nowrap">
        {row.kind === 'folder' && <FolderIcon size={16} />}
        <span className={styles['name']} title={row.name}>
          {row.name}
        </span>
        {row.kind === 'folder' && !row.isOpen && (
          <Button
            aria-label={m.folder_open_named({ name: row.name })}
            loading={isOpening}
            onClick={onExpand}
            size="compact-xs"
            variant="light"
          >
            {m.folder_open()}
          </Button>
        )}
      </Group>
      {refusal && (
        <Text c="var(--mantine-color-error)" size="xs">
          {refusalSentences(refusal)}
        </Text>
      )}
    </div>
  )
}

function Size({ row }: { row: TreeRow }) {
  const size = row.kind === 'folder' ? (row.isOpen ? sizeOf(row.files) : null) : row.size
  return size === null ? '–' : <Bytes value={size} />
}
