import type { ReactNode } from 'react'

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

export interface DataTableProps<Row> {
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
