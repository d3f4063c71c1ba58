import { type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query'
import type { PageView } from '@obb/contracts'
import type { ComponentProps, ReactNode } from 'react'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { usePages } from '../shared/use-pages.js'
import { Pending } from '../shell/pending.js'

/** The rows of a list as far as they are read. */
export interface Rows<Row> {
  rows: readonly Row[]
  isPending: boolean
  error: Error | null
  retry: () => void
  more?: () => void
}

export function useRows<Row>(query: UseInfiniteQueryResult<InfiniteData<PageView<Row>>>): Rows<Row> {
  const { data, isPending, error, refetch } = query
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  const { more, isLooking } = usePages(query, rows.length)
  return { rows, isPending: isPending || isLooking, error, retry: () => void refetch(), more }
}

type TableProps<Row> = Omit<ComponentProps<typeof DataTable<Row>>, 'rows' | 'onEnd'>

interface ListedProps<Row> extends TableProps<Row> {
  list: Rows<Row>
  /** Where there is no row. */
  empty: ReactNode
}

/** A list: that it comes, that it failed, that there is nothing, or its rows. */
export function Listed<Row>({ list, empty, ...table }: ListedProps<Row>) {
  const { rows, isPending, error, retry, more } = list
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={retry} />}
      {isPending && !error && <Pending />}
      {!isPending && !error && rows.length === 0 && empty}
      {rows.length > 0 && <DataTable {...table} rows={rows} {...(more && { onEnd: more })} />}
    </>
  )
}
