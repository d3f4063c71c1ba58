import { LEDGER_CSV_HEAD, type OwnLedgerEntry, ledgerCsvLine, usageCsv } from '@obb/contracts'
import { call } from '../api/call.js'
import { save } from '../shared/save.js'

/** Entries of one question, and questions of one export at most. */
const PAGE = 500
const MAX_PAGES = 400
/** Days of the usage that the server tells. */
const DAYS = 90

export type ExportFormat = 'csv' | 'json'

/** All entries, the newest first, page after page. */
async function* pages(signal: AbortSignal): AsyncGenerator<readonly OwnLedgerEntry[]> {
  let after: string | undefined
  for (let n = 0; n < MAX_PAGES; n++) {
    const { items, next } = await call('GET ledger', { query: { after, limit: PAGE }, signal })
    yield items
    if (next === null) return
    after = next
  }
}

/** saveLedger writes all entries into a file, as text that grows page by page; `onRead` tells how many there are by now. */
export async function saveLedger(
  format: ExportFormat,
  signal: AbortSignal,
  onRead: (entries: number) => void,
): Promise<void> {
  const parts: string[] = format === 'csv' ? [LEDGER_CSV_HEAD] : ['[']
  let count = 0
  for await (const items of pages(signal)) {
    for (const entry of items) {
      parts.push(
        format === 'csv' ? ledgerCsvLine(entry) : `${count === 0 ? '' : ','}\n${JSON.stringify(entry)}`,
      )
      count++
    }
    onRead(count)
  }
  if (format === 'csv') save('obb-ledger.csv', 'text/csv', parts)
  else save('obb-ledger.json', 'application/json', [...parts, '\n]\n'])
}

/** saveUsage writes what was used by day and platform. */
export async function saveUsage(format: ExportFormat, signal: AbortSignal): Promise<void> {
  const usage = await call('GET usage', { query: { days: DAYS }, signal })
  if (format === 'csv') save('obb-usage.csv', 'text/csv', [usageCsv(usage)])
  else save('obb-usage.json', 'application/json', [`${JSON.stringify(usage.days, undefined, 2)}\n`])
}
