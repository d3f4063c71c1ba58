import type { AuditEntryView } from './admin/audit.js'
import type { KeyUsageAnswer, OwnLedgerEntry, UsageAnswer } from './portal/traffic.js'

type CsvCell = string | number | null | undefined

/** What spreadsheets take for the beginning of a formula, and what they skip before one. */
const FORMULA = /^[=+\-@\t\r\n]/

/**
 * One line of CSV (RFC 4180), with its end. A text that a spreadsheet would take for a formula begins with `'`: names of
 * files are others' texts. Numbers are as they are.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The first line of a ledger as CSV; amounts and balances are bytes. */
export const LEDGER_CSV_HEAD = csvLine([
  ...['time', 'kind', 'amount', 'balance', 'platform', 'file', 'link', 'note', 'key'],
])

export function ledgerCsvLine(entry: OwnLedgerEntry): string {
  const { at, kind, amount, balance, platform, fileName, linkId, note, key } = entry
  return csvLine([at, kind, amount, balance, platform, fileName, linkId, note, key])
}

/** Usage by day and platform as CSV; bytes. */
export function usageCsv({ days }: UsageAnswer): string {
  return [
    csvLine(['day', 'platform', 'charged', 'refunded', 'links']),
    ...days.map((row) => csvLine([row.day, row.platform, row.charged, row.refunded, row.links])),
  ].join('')
}

/** Usage by key as CSV; bytes. */
export function keyUsageCsv({ keys }: KeyUsageAnswer): string {
  return [
    csvLine(['key', 'key id', 'bytes', 'links', 'last charged']),
    ...keys.map((row) => csvLine([row.key, row.keyId, row.bytes, row.links, row.chargedAt])),
  ].join('')
}

/** The first line of the audit log as CSV. */
export const AUDIT_CSV_HEAD = csvLine([
  ...['time', 'kind', 'who', 'address', 'action', 'target', 'target name', 'outcome', 'count', 'changes'],
])

export function auditCsvLine(entry: AuditEntryView): string {
  const { at, kind, who, address, action, target, targetName, outcome, count } = entry
  return csvLine([
    ...[at, kind, who, address, action, target, targetName, outcome, count],
    auditChangesText(entry),
  ])
}

/** `trafficMax: 0 → 5, weight: 1 → 2` */
export const auditChangesText = ({ changes }: Pick<AuditEntryView, 'changes'>): string =>
  Object.entries(changes ?? {})
    .map(([name, [before, after]]) => `${name}: ${valueText(before)} → ${valueText(after)}`)
    .join(', ')

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
