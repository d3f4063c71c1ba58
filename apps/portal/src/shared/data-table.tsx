import { Checkbox, Group, Paper, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type VirtualItem, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import styles from './data-table.module.css'
import { m } from './text.js'

/** Up to here a table is shown as cards. */
export const PHONE = '(max-width: 48em)'

export interface Column<Row> {
  id: string
  header: string
  /** A track of CSS grid: `2fr`, `7rem`. */
  width: string
  align?: 'right'
  cell: (row: Row) => ReactNode
  /** The header is for screen readers alone. */
  hideHeader?: boolean
}

export interface Selection {
  selected: ReadonlySet<string>
  onChange: (selected: ReadonlySet<string>) => void
  /** What one row is called beside its box. */
  labelOf: (key: string) => string
}

interface DataTableProps<Row> {
  /** What the rows are. */
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  selection?: Selection
  /** A row as a card of a phone; otherwise all columns below each other. */
  card?: (row: Row) => ReactNode
  /** Called when the last row comes into sight. */
  onEnd?: () => void
}

/** Rows of any number, of which those in sight are drawn: a table, and cards on a phone. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false })
  return isPhone ? <Cards {...props} /> : <Rows {...props} />
}

function useVirtualRows<Row>({ rows, rowKey, onEnd }: DataTableProps<Row>, height: number) {
  const body = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(body.current?.offsetTop ?? 0), [])
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : rowKey(row)
    },
    overscan: 8,
    scrollMargin: top,
  })
  const items = virtualizer.getVirtualItems()
  const isAtEnd = items.at(-1)?.index === rows.length - 1
  useEffect(() => {
    if (isAtEnd && rows.length > 0) onEnd?.()
  }, [isAtEnd, rows.length, onEnd])
  const placed = (item: VirtualItem) => ({ transform: `translateY(${item.start - top}px)` })
  return { body, virtualizer, items, placed }
}

function Rows<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, selection } = props
  const { body, virtualizer, items, placed } = useVirtualRows(props, 48)
  const tracks = {
    gridTemplateColumns: [...(selection ? ['24px'] : []), ...columns.map(({ width }) => width)].join(' '),
  }
  return (
    <div aria-label={label} aria-rowcount={rows.length + 1} className={styles['table']} role="table">
      <div role="rowgroup">
        <div aria-rowindex={1} className={styles['head']} role="row" style={tracks}>
          {selection && (
            <div role="columnheader">
              <SelectAll rows={rows} rowKey={rowKey} selection={selection} />
            </div>
          )}
          {columns.map(({ id, header, align, hideHeader }) => (
            <div className={styles['cell']} data-align={align} key={id} role="columnheader">
              {hideHeader ? <VisuallyHidden>{header}</VisuallyHidden> : header}
            </div>
          ))}
        </div>
      </div>
      <div
        className={styles['body']}
        ref={body}
        role="rowgroup"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const key = rowKey(row)
          return (
            <div
              aria-rowindex={item.index + 2}
              className={styles['row']}
              data-index={item.index}
              data-last={item.index === rows.length - 1 || undefined}
              data-selected={selection?.selected.has(key) || undefined}
              key={key}
              ref={virtualizer.measureElement}
              role="row"
              style={{ ...tracks, ...placed(item) }}
            >
              {selection && (
                <div role="cell">
                  <SelectOne rowKey={key} selection={selection} />
                </div>
              )}
              {columns.map(({ id, align, cell }) => (
                <div className={styles['cell']} data-align={align} key={id} role="cell">
                  {cell(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Cards<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, selection, card } = props
  const { body, virtualizer, items, placed } = useVirtualRows(props, 120)
  return (
    <div aria-label={label} role="list">
      <div
        className={styles['body']}
        ref={body}
        role="presentation"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const key = rowKey(row)
          return (
            <div
              aria-posinset={item.index + 1}
              aria-setsize={rows.length}
              className={styles['card']}
              data-index={item.index}
              key={key}
              ref={virtualizer.measureElement}
              role="listitem"
              style={placed(item)}
            >
              <Paper p="sm" withBorder>
                <Group align="flex-start" gap="sm" wrap="nowrap">
                  {selection && <SelectOne rowKey={key} selection={selection} />}
                  <div className={styles['cell']} style={{ flex: 1 }}>
                    {card ? (
                      card(row)
                    ) : (
                      <dl className={styles['facts']}>
                        {columns.map(({ id, header, hideHeader, cell }) => (
                          <Fact header={header} hideHeader={hideHeader ?? false} key={id}>
                            {cell(row)}
                          </Fact>
                        ))}
                      </dl>
                    )}
                  </div>
                </Group>
              </Paper>
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface FactProps {
  header: string
  hideHeader: boolean
  children: ReactNode
}

function Fact({ header, hideHeader, children }: FactProps) {
  return (
    <>
      <dt>{hideHeader ? <VisuallyHidden>{header}</VisuallyHidden> : header}</dt>
      <dd data-wide={hideHeader || undefined}>{children}</dd>
    </>
  )
}

function SelectOne({ rowKey, selection }: { rowKey: string; selection: Selection }) {
  const isSelected = selection.selected.has(rowKey)
  const toggle = () => {
    const selected = new Set(selection.selected)
    if (!selected.delete(rowKey)) selected.add(rowKey)
    selection.onChange(selected)
  }
  return (
    <Checkbox
      aria-label={m.select_row({ name: selection.labelOf(rowKey) })}
      checked={isSelected}
      onChange={toggle}
      size="sm"
    />
  )
}

function SelectAll<Row>({
  rows,
  rowKey,
  selection,
}: Pick<DataTableProps<Row>, 'rows' | 'rowKey'> & { selection: Selection }) {
  const keys = rows.map(rowKey)
  const count = keys.filter((key) => selection.selected.has(key)).length
  return (
    <Checkbox
      aria-label={m.select_all()}
      checked={count > 0 && count === keys.length}
      disabled={keys.length === 0}
      indeterminate={count > 0 && count < keys.length}
      onChange={() => selection.onChange(new Set(count === keys.length ? [] : keys))}
      size="sm"
    />
  )
}
