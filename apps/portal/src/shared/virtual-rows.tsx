import { Checkbox } from '@mantine/core'
import { type VirtualItem, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { DataTableProps, Selection } from './data-table-props.js'
import { m } from './text.js'

/** The rows in sight, as the window scrolls. `height`: of one that was not drawn yet, px. */
export function useVirtualRows<Row>(
  { rows, rowKey, onEnd }: Pick<DataTableProps<Row>, 'rows' | 'rowKey' | 'onEnd'>,
  height: number,
) {
  const body = useRef<HTMLDivElement>(null)
  const top = useTop(body)
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

/** How far below the beginning of the page it is, px: what stands above it grows and shrinks. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  const measure = useCallback(() => {
    // Whole: what is reckoned from it stays the same to the last digit, and so do rows that stay where they are.
    if (element.current) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY))
  }, [element])
  useLayoutEffect(measure)
  useEffect(() => {
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [measure])
  return top
}

/** Selects a row or no longer, whatever is selected by then. */
export function useToggle(selection: Selection | undefined): (rowKey: string) => void {
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

interface SelectOneProps {
  rowKey: string
  name: string
  isSelected: boolean
  onToggle: (rowKey: string) => void
}

export function SelectOne({ rowKey, name, isSelected, onToggle }: SelectOneProps) {
  return (
    <Checkbox
      aria-label={m.select_row({ name })}
      checked={isSelected}
      onChange={() => onToggle(rowKey)}
      size="sm"
    />
  )
}
