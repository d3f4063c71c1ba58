/*
 * UUencode as POSIX has it: `begin MODE NAME`, lines of a character that tells their bytes and four characters for three
 * of them, `end`. It tells neither a place nor the size of the file, so only a file of one article can be read.
 */
import { HostError } from '../../kit/errors.js'
import type { ArticlePart } from './article.js'

const LF = 10
const DOT = 46
const BLANK = 32
/** Every line but the last. */
const FULL_LINE = /^M[ -`]{60}$/
const BEGIN = /^begin [0-7]{3,4} (.+)$/

/** Undefined for what is not UUencoded. Raises SIZE_UNKNOWN for a part of several. */
export function decodeUu(wire: Buffer): ArticlePart | undefined {
  const data = Buffer.allocUnsafe(wire.length)
  let length = 0
  let name: string | undefined
  let isWhole = false
  for (const line of linesOf(wire)) {
    if (name === undefined) {
      const text = textOf(line)
      name = BEGIN.exec(text)?.[1]?.trim()
      if (FULL_LINE.test(text)) throw inSeveral()
      continue
    }
    isWhole = line.length === 3 && line.toString('latin1') === 'end'
    if (isWhole) break
    length += decodeLine(line, data.subarray(length))
  }
  if (name === undefined) return undefined
  if (!isWhole) throw inSeveral()
  return { name, begin: 0, end: length, data: data.subarray(0, length) }
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

function inSeveral(): HostError {
  const message =
    'Usenet: file is UUencoded in several articles, which tell neither their places nor its size'
  return new HostError('SIZE_UNKNOWN', message, { retryable: false })
}
