/** A row of CSV, and the line that it begins in. */
export interface CsvRow {
  line: number
  cells: string[]
}

const DELIMITERS = [',', ';', '\t'] as const

/** The first `most` rows of CSV (RFC 4180) that are not empty, parted by what its first line has most of. */
export function readCsv(text: string, most: number): CsvRow[] {
  const source = text.replace(/^\uFEFF/, '')
  const delimiter = delimiterOf(source.slice(0, source.search(/[\r\n]|$/)))
  const rows: CsvRow[] = []
  let [at, line] = [0, 1]
  while (at < source.length && rows.length < most) {
    const row: CsvRow = { line, cells: [] }
    for (let isLast = false; !isLast;) {
      const cell = readCell(source, at, delimiter)
      row.cells.push(cell.value)
      line += cell.lines
      at = cell.end
      isLast = source[at] !== delimiter
      if (!isLast) at++
    }
    if (source[at] === '\r') at++
    if (source[at] === '\n') at++
    line++
    if (row.cells.some((cell) => cell.trim() !== '')) rows.push(row)
  }
  return rows
}

function delimiterOf(line: string): string {
  const counts = DELIMITERS.map((each) => line.split(each).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

function readCell(
  text: string,
  start: number,
  delimiter: string,
): { value: string; end: number; lines: number } {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && text[end] !== delimiter && text[end] !== '\r' && text[end] !== '\n') end++
    return { value: text.slice(start, end), end, lines: 0 }
  }
  const parts: string[] = []
  let [from, lines] = [start + 1, 0]
  for (;;) {
    const quote = text.indexOf('"', from)
    const until = quote === -1 ? text.length : quote
    const part = text.slice(from, until)
    lines += part.split('\n').length - 1
    parts.push(part)
    if (quote === -1 || text[quote + 1] !== '"') {
      // What follows the closing quote up to the delimiter is a part of the cell, as spreadsheets take it.
      const rest = quote === -1 ? { value: '', end: text.length } : plainCell(text, quote + 1, delimiter)
      return { value: parts.join('') + rest.value, end: rest.end, lines }
    }
    parts.push('"')
    from = quote + 2
  }
}

function plainCell(text: string, start: number, delimiter: string): { value: string; end: number } {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '\r' && text[end] !== '\n') end++
  return { value: text.slice(start, end), end }
}
