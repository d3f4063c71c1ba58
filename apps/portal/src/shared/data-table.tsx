import { Checkbox, Group, Paper, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type VirtualItem, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
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
  /** The same as long as they show the same: a row is drawn anew when it is another one, or they are. */
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
  const topOf = (item: VirtualItem) => item.start - top
  return { body, virtualizer, items, topOf }
}

function Rows<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, selection } = props
  const { body, virtualizer, items, topOf } = useVirtualRows(props, 48)
  const tracks = [...(selection ? ['24px'] : []), ...columns.map(({ width }) => width)].join(' ')
  const toggle = useToggle(selection)
  return (
    <div aria-label={label} aria-rowcount={rows.length + 1} className={styles['table']} role="table">
      <div role="rowgroup">
        <div aria-rowindex={1} className={styles['head']} role="row" style={{ gridTemplateColumns: tracks }}>
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
            <TableRow
              columns={columns}
              index={item.index}
              isLast={item.index === rows.length - 1}
              key={key}
              measure={virtualizer.measureElement}
              row={row}
              rowKey={key}
              top={topOf(item)}
              tracks={tracks}
              {...(selection && {
                isSelected: selection.selected.has(key),
                name: selection.labelOf(key),
                onToggle: toggle,
              })}
            />
          )
        })}
      </div>
    </div>
  )
}

interface TableRowProps<Row> {
  row: Row
  rowKey: string
  index: number
  isLast: boolean
  /** Below the first row, px. */
  top: number
  tracks: string
  columns: readonly Column<Row>[]
  measure: (element: Element | null) => void
  isSelected?: boolean
  name?: string
  /** Undefined: rows cannot be selected. */
  onToggle?: (rowKey: string) => void
}

/** Most of what happens is to other rows: this one is drawn anew when it changes. */
const TableRow = memo(function TableRow<Row>(props: TableRowProps<Row>) {
  const {
    row,
    rowKey,
    index,
    isLast,
    top,
    tracks,
    columns,
    measure,
    isSelected = false,
    name,
    onToggle,
  } = props
  return (
    <div
      aria-rowindex={index + 2}
      className={styles['row']}
      data-index={index}
      data-last={isLast || undefined}
      data-selected={isSelected || undefined}
      ref={measure}
      role="row"
      style={{ gridTemplateColumns: tracks, transform: `translateY(${top}px)` }}
    >
      {onToggle && (
        <div role="cell">
          <SelectOne isSelected={isSelected} name={name ?? rowKey} onToggle={onToggle} rowKey={rowKey} />
        </div>
      )}
      {columns.map(({ id, align, cell }) => (
        <div className={styles['cell']} data-align={align} key={id} role="cell">
          {cell(row)}
        </div>
      ))}
    </div>
  )
}) as <Row>(props: TableRowProps<Row>) => ReactNode

/** Selects a row or no longer, whatever is selected by then. */
function useToggle(selection: Selection | undefined): (rowKey: string) => void {
  const latest = useRef(selection)
  useLayoutEffect(() => {
    latest.current = selection
  })
  return useCallback((rowKey) => {
    if (!latest.current) return
    const selected = new Set(latest.current.selected)
    if (!selected.delete(rowKey)) selected.add(rowKey)
    latest.current.onChange(selected)
  }, [])
}

function Cards<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, selection, card } = props
  const { body, virtualizer, items, topOf } = useVirtualRows(props, 120)
  const toggle = useToggle(selection)
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
              style={{ transform: `translateY(${topOf(item)}px)` }}
            >
              <Paper p="sm" withBorder>
                <Group align="flex-start" gap="sm" wrap="nowrap">
                  {selection && (
                    <SelectOne
                      isSelected={selection.selected.has(key)}
                      name={selection.labelOf(key)}
                      onToggle={toggle}
                      rowKey={key}
                    />
                  )}
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

interface SelectOneProps {
  rowKey: string
  name: string
  isSelected: boolean
  onToggle: (rowKey: string) => void
}

function SelectOne({ rowKey, name, isSelected, onToggle }: SelectOneProps) {
  return (
    <Checkbox
      aria-label={m.select_row({ name })}
      checked={isSelected}
      onChange={() => onToggle(rowKey)}
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
