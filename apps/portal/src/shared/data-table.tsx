import { Checkbox, VisuallyHidden } from '@mantine/core'
import { type ReactNode, memo } from 'react'
import { Cards } from './data-cards.js'
import type { Column, DataTableProps, Selection } from './data-table-props.js'
import styles from './data-table.module.css'
import { m } from './text.js'
import { useIsPhone } from './use-is-phone.js'
import { SelectOne, useToggle, useVirtualRows } from './virtual-rows.js'

/** Rows of any number, of which those in sight are drawn: a table, and cards on a phone. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  return useIsPhone() ? <Cards {...props} /> : <Rows {...props} />
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
