/*
 * UUencode as POSIX has it: `begin MODE NAME`, lines of a character that tells their bytes and four characters for three
 * of them, `end`. It tells neither a place nor the size of the file. A file in several articles was cut between lines,
 * all of them full but the last: so each tells how much it holds, and their order the rest.
 */
import { type ArticlePart, DamagedArticle, postedName } from './article.js'

const LF = 10
const DOT = 46
const BLANK = 32
/** Characters of every line but the last. */
const FULL = 61
/** Longest last line, with blanks behind it. */
const MAX_END = 80
const FULL_LINE = /^M[ -`]{60}$/
const BEGIN = /^begin {1,4}[0-7]{3,6} (.+)$/

/** Undefined for what is not UUencoded. Raises CORRUPT, as DamagedArticle, for lines that are none in the midst of it. */
export function decodeUu(wire: Buffer): ArticlePart | undefined {
  const lines = [...linesOf(wire)]
  const start = lines.findIndex(
    (line, at) => isFull(line) || BEGIN.test(textOf(line)) || isLast(line, lines[at + 1], lines[at + 2]),
  )
  const first = lines[start]
  if (first === undefined) return undefined
  const name = postedName(BEGIN.exec(textOf(first))?.[1])
  const from = name === undefined ? start : start + 1
  const end = lines.findIndex((line, at) => at >= from && isEnd(line))
  const isUnplaced = name === undefined || end === -1
  const body = lines.slice(from, end === -1 ? undefined : end)
  const data = decodeLines(end === -1 ? fullOf(body) : body, wire.length)
  return { name, begin: 0, end: data.length, data, ...(isUnplaced && { isUnplaced }) }
}

/** What was cut ends in full lines; what stands behind them is of whoever posted it. */
function fullOf(body: readonly Buffer[]): readonly Buffer[] {
  const other = body.findIndex((line) => !isFull(line))
  if (other === -1) return body
  if (body.slice(other).some(isFull)) throw new DamagedArticle('lines of UUencode are damaged')
  return body.slice(0, other)
}

function decodeLines(lines: readonly Buffer[], most: number): Buffer {
  const data = Buffer.allocUnsafe(most)
  let length = 0
  for (const line of lines) length += decodeLine(line, data.subarray(length))
  return data.subarray(0, length)
}

function isFull(line: Buffer): boolean {
  return line.length === FULL && FULL_LINE.test(line.toString('latin1'))
}

/** The line that is not full, and what follows it: one without bytes, and the end. */
function isLast(line: Buffer, empty: Buffer | undefined, end: Buffer | undefined): boolean {
  if (empty === undefined || end === undefined || !isEnd(end) || empty.length > 1) return false
  return six(empty[0]) === 0 && line.length === 1 + Math.ceil(six(line[0]) / 3) * 4
}

function isEnd(line: Buffer): boolean {
  return line.length <= MAX_END && /^end *$/.test(line.toString('latin1'))
}

/** Without line breaks and the dots that NNTP added. */
function* linesOf(wire: Buffer): Generator<Buffer> {
  for (let at = 0; at < wire.length;) {
    const found = wire.indexOf(LF, at)
    const end = found === -1 ? wire.length : found
    const isStuffed = wire[at] === DOT && wire[at + 1] === DOT
    const isCrLf = wire[end - 1] === 13
    yield wire.subarray(isStuffed ? at + 1 : at, Math.max(at, isCrLf ? end - 1 : end))
    at = end + 1
  }
}

/** Blanks at the end of a line, which stand for zeros, may have been lost on the way. Returns the bytes decoded. */
function decodeLine(line: Buffer, into: Buffer): number {
  const bytes = Math.min(six(line[0]), into.length)
  for (let at = 0; at < bytes; at++) {
    const group = 1 + Math.floor(at / 3) * 4
    const bit = at % 3
    into[at] = (six(line[group + bit]) << (2 + bit * 2)) | (six(line[group + bit + 1]) >> (4 - bit * 2))
  }
  return bytes
}

/** The six bits of a character: blank and backquote are zero. */
function six(byte = BLANK): number {
  return (byte - BLANK) & 63
}

function textOf(line: Buffer): string {
  const utf8 = line.toString('utf8')
  return utf8.includes('\ufffd') ? line.toString('latin1') : utf8
}
