import { Stack, Text } from '@mantine/core'
import type { ListedLink } from '@obb/contracts'
import { LinkStream } from '../downloads/link-stream.js'
import { NameCell } from '../downloads/name-cell.js'
import { PackageCell } from '../downloads/package-cell.js'
import { type Item, isHead } from '../downloads/packages.js'
import type { Column } from '../shared/data-table-props.js'
import { Time } from '../shared/figures.js'
import { m } from '../shared/text.js'
import { FileActions, type Shown } from './file-actions.js'

export interface Actions {
  onOpen: (link: ListedLink) => void
  onShow: (link: ListedLink, what: Shown) => void
  /** Shows the links of this package alone. */
  onPackage: (name: string) => void
}

/** A file as a card of a phone. */
export const cardOf =
  ({ onPackage, ...actions }: Actions) =>
  (item: Item) =>
    isHead(item) ? (
      <PackageCell head={item} onOpen={onPackage} />
    ) : (
      <Stack gap="xs">
        <NameCell link={item} onOpen={actions.onOpen} />
        <LinkStream link={item} />
        <Text c="dimmed" size="xs">
          {m.fact_expires()} · <Time at={item.expires_at} />
        </Text>
        <FileActions link={item} {...actions} />
      </Stack>
    )

export const columnsOf = ({ onPackage, ...actions }: Actions): Column<Item>[] => [
  {
    id: 'name',
    header: m.col_name(),
    width: 'minmax(0, 1fr)',
    cell: (item) =>
      isHead(item) ? (
        <PackageCell head={item} onOpen={onPackage} />
      ) : (
        <Stack gap={4}>
          <NameCell link={item} onOpen={actions.onOpen} />
          <LinkStream link={item} />
        </Stack>
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
    cell: (item) => !isHead(item) && <FileActions link={item} {...actions} />,
  },
]
