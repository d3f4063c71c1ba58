import { LEDGER_CSV_HEAD, keyUsageCsv, ledgerCsvLine, usageCsv } from '@obb/contracts'
import { call } from '../api/call.js'
import type { LedgerRow } from '../api/portal-types.js'
import { type Exporting, exportPages } from '../shared/export-pages.js'
import { localZone } from '../shared/format.js'
import { save } from '../shared/save.js'

/** Entries of one question. */
const PAGE = 500
/** Days of the usage that the server tells. */
const DAYS = 90

export interface LedgerFilter {
  kind: LedgerRow['kind'] | undefined
  platform: string | undefined
  /** Id of a key, or `none`. */
  key: string | undefined
  /** ISO 8601. */
  since: string | undefined
}

/** saveLedger writes what the filter leaves into a file, the newest first. */
export const saveLedger = (exporting: Exporting, filter: LedgerFilter): Promise<void> =>
  exportPages(
    {
      name: 'obb-ledger',
      csvHead: LEDGER_CSV_HEAD,
      csvLine: ledgerCsvLine,
      read: (after, signal) => call('GET ledger', { query: { ...filter, after, limit: PAGE }, signal }),
    },
    exporting,
  )

/** saveUsage writes what was used by day and platform. */
export async function saveUsage({ format, signal }: Exporting): Promise<void> {
  const usage = await call('GET usage', { query: { days: DAYS, timeZone: localZone() }, signal })
  if (format === 'csv') save('obb-usage.csv', 'text/csv', [usageCsv(usage)])
  else save('obb-usage.json', 'application/json', [`${JSON.stringify(usage.days, undefined, 2)}\n`])
}

/** saveKeyUsage writes what each key used. */
export async function saveKeyUsage({ format, signal }: Exporting): Promise<void> {
  const usage = await call('GET usage/keys', { query: { days: DAYS }, signal })
  if (format === 'csv') save('obb-usage-by-key.csv', 'text/csv', [keyUsageCsv(usage)])
  else save('obb-usage-by-key.json', 'application/json', [`${JSON.stringify(usage.keys, undefined, 2)}\n`])
}
