import { formatBytes } from '@obb/contracts'
import type { CliError } from './failure.js'

export { formatBytes }

/** Seconds as `45 s`, `3:07`, `1:02:09`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** Text of others without control characters, so that a name cannot drive the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '?')
}

/** A failure as it stands on stderr; `of`: the link it is of, where there are several. */
export function failureText({ message, below }: CliError, of?: string): string {
  const head = of === undefined ? message : `${of}: ${message}`
  return [`obb: ${head}`, ...below.map((line) => `  ${line}`)].map((line) => `${printable(line)}\n`).join('')
}

/** A cell: missing values are a dash. */
export type Cell = string | number | boolean | null | undefined

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return printable(String(cell))
}

export interface Column<Row> {
  title: string
  cell(row: Row): Cell
  /** Numbers stand to the right. */
  right?: boolean
}

/** An aligned plain text table, or `none` when there is nothing. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return 'none'
  const lines = [columns.map((column) => column.title.toUpperCase())]
  for (const row of rows) lines.push(columns.map((column) => cellText(column.cell(row))))
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((text, i) => (columns[i]?.right ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `name  value` lines, aligned. */
export function sheet(entries: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, cell]) => `${name.padEnd(width)}  ${cellText(cell)}`).join('\n')
}

/** Bytes for people, or a word for what null means in that place. */
export function bytesOr(bytes: number | null, otherwise: string): string {
  return bytes === null ? otherwise : formatBytes(bytes)
}

/** `2.5 MB/s`; null stays null. */
export function perSecond(bytes: number | null): string | null {
  return bytes === null ? null : `${formatBytes(bytes)}/s`
}

interface Refused {
  status?: number | undefined
  action?: string | undefined
}

/** What to do about refusals that stand in a table, a line for each different one, below it. */
export function actionsBelow(rows: readonly (Refused | undefined)[]): string {
  const lines = rows.flatMap((row) => (row?.action === undefined ? [] : [`${row.status}: ${row.action}`]))
  return lines.length === 0 ? '' : `\n\n${[...new Set(lines)].map(printable).join('\n')}`
}

/** By which key something was asked for, in a table. */
export const keyText = (of: {
  keyId?: string | null | undefined
  key?: string | null | undefined
}): string | null => of.key ?? of.keyId ?? 'none'
