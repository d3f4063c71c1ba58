import { save } from './save.js'

/** Questions of one export at most. */
const MAX_PAGES = 400

export type ExportFormat = 'csv' | 'json'
export const EXPORT_FORMATS: readonly ExportFormat[] = ['csv', 'json']

/** What an export is asked for: that it stops with the signal, and tells how many rows there are by now. */
export interface Exporting {
  format: ExportFormat
  signal: AbortSignal
  onRead: (rows: number) => void
}

interface Listed<Row> {
  /** Of the file, without its ending. */
  name: string
  csvHead: string
  csvLine: (row: Row) => string
  read: (
    after: string | undefined,
    signal: AbortSignal,
  ) => Promise<{ items: readonly Row[]; next: string | null }>
}

/** exportPages writes all rows of a list into a file, as text that grows page by page. */
export async function exportPages<Row>(
  { name, csvHead, csvLine, read }: Listed<Row>,
  { format, signal, onRead }: Exporting,
): Promise<void> {
  const parts: string[] = format === 'csv' ? [csvHead] : ['[']
  let count = 0
  let after: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next } = await read(after, signal)
    for (const row of items) {
      parts.push(format === 'csv' ? csvLine(row) : `${count === 0 ? '' : ','}\n${JSON.stringify(row)}`)
      count++
    }
    onRead(count)
    if (next === null) break
    after = next
  }
  if (format === 'csv') save(`${name}.csv`, 'text/csv', parts)
  else save(`${name}.json`, 'application/json', [...parts, '\n]\n'])
}
