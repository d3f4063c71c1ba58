/*
 * yEnc 1.3 as it comes over NNTP: lines of bytes, each moved up by 42, what cannot stand in an article escaped
 * by `=` and moved by 64 more. The block is read as bytes in one pass, and the dot that NNTP puts before a line
 * that begins with one is taken away in the same pass (RFC 3977 §3.1.1). No library does this over a buffer
 * without copying it into text first.
 */
import { crc32 } from 'node:zlib'
import { type ArticlePart, DamagedArticle, postedName } from './article.js'

const CR = 13
const LF = 10
const DOT = 46
const ESCAPE = 61
const Y = 121
const MAX_HEADER = 4096
/** Longer than any article, bytes. */
const MAX_PART = 16 * 1024 * 1024

/**
 * Undefined for what is no yEnc. Raises CORRUPT, as DamagedArticle, for what is cut short or does not have the size or
 * the CRC-32 that it states. Of the whole file nothing is believed that does not fit together: what is posted to hide has
 * anything there.
 */
export function decodeYenc(wire: Buffer): ArticlePart | undefined {
  const headers: Record<string, string> = {}
  const data = Buffer.allocUnsafe(wire.length)
  let length = 0
  for (let at = 0; at < wire.length;) {
    if (wire[at] === DOT) at++
    if (wire[at] === ESCAPE && wire[at + 1] === Y) {
      const end = lineEnd(wire, at)
      const [keyword = '', fields = ''] = keywordLine(wire.subarray(at, Math.min(end, at + MAX_HEADER)))
      headers[keyword] ??= fields
      if (keyword === 'yend') break
      at = end + 1
      continue
    }
    if (headers['ybegin'] === undefined) {
      at = lineEnd(wire, at) + 1
      continue
    }
    for (; at < wire.length; at++) {
      let byte = wire[at] as number
      if (byte === LF) break
      if (byte === CR) continue
      if (byte === ESCAPE) byte = (wire[++at] ?? 0) - 64
      data[length++] = byte - 42
    }
    at++
  }
  return checkPart(headers, data.subarray(0, length))
}

function checkPart(
  { ybegin, yend, ypart }: Record<string, string | undefined>,
  data: Buffer,
): ArticlePart | undefined {
  if (ybegin === undefined) return undefined
  const isPart = ypart !== undefined
  const begin = isPart ? (numberIn(ypart, 'begin') ?? 0) - 1 : 0
  const end = isPart ? numberIn(ypart, 'end') : numberIn(ybegin, 'size')
  if (end === undefined || begin < 0 || end < begin) {
    throw new DamagedArticle(
      yend === undefined ? 'article is cut short' : 'article does not tell its place in the file',
    )
  }
  const name = postedName(/(?:^| )name=(.*)$/s.exec(ybegin)?.[1])
  const whole = wholeOf(ybegin, isPart, begin, end)
  const part = { name, begin, end, data, ...(whole && { whole }) }
  const fault = faultOf(part, isPart, yend)
  if (fault === undefined) return part
  const isPlaced = end - begin <= MAX_PART
  if (!isPlaced) throw new DamagedArticle(fault)
  throw new DamagedArticle(fault, { ...part, data: fitted(part), isDamaged: true }, data.length)
}

function faultOf(
  { begin, data, end }: ArticlePart,
  isPart: boolean,
  yend: string | undefined,
): string | undefined {
  if (yend === undefined) return 'article is cut short'
  const stated = field(yend, isPart ? 'pcrc32' : 'crc32') ?? (isPart ? undefined : field(yend, 'pcrc32'))
  // Some encoders extend the sign: `ffffffff79b5066a`.
  const isSame = stated === undefined ? undefined : parseInt(stated.slice(-8), 16) === crc32(data)
  // Some encoders state the size of the whole file at the end of each part, beside a CRC-32 that is right.
  const isAsLong = isSame || (numberIn(yend, 'size') ?? data.length) === data.length
  if (data.length !== end - begin || !isAsLong) return 'article has another size than it states'
  return isSame === false ? 'article has another CRC-32 than it states' : undefined
}

/** As many bytes as the article states, zeros for those that are absent. */
function fitted({ begin, data, end }: ArticlePart): Buffer {
  if (data.length >= end - begin) return data.subarray(0, end - begin)
  return Buffer.concat([data], end - begin)
}

/** Parts of equal length, of which only the last is shorter, make up the size: no decoy does that. */
function wholeOf(
  ybegin: string,
  isPart: boolean,
  begin: number,
  end: number,
): ArticlePart['whole'] | undefined {
  const size = numberIn(ybegin, 'size') ?? 0
  const number = isPart ? (numberIn(ybegin, 'part') ?? 0) : 1
  const parts = isPart ? (numberIn(ybegin, 'total') ?? 0) : 1
  if (number < 1 || number > parts) return undefined
  const usual = number > 1 ? begin / (number - 1) : end
  const isWhere = Number.isInteger(usual) && begin === usual * (number - 1)
  const fits = number === parts ? end === size : end === begin + usual
  const least = (parts - 1) * usual
  return isWhere && fits && size > least && size <= least + usual ? { size, parts } : undefined
}

function keywordLine(line: Buffer): [string, string] {
  const latin = line.toString('latin1').replace(/\r$/, '')
  const utf8 = line.toString('utf8').replace(/\r$/, '')
  const text = utf8.includes('\ufffd') ? latin : utf8
  const space = text.indexOf(' ')
  return space === -1 ? [text.slice(1), ''] : [text.slice(1, space), text.slice(space + 1)]
}

/** A name comes last and may hold anything, so fields are looked for before it. */
function field(fields: string, name: string): string | undefined {
  const beforeName = fields.split(/(?:^| )name=/, 1)[0] ?? ''
  return new RegExp(`(?:^| )${name}=([0-9a-f]{1,16})(?: |$)`, 'i').exec(beforeName)?.[1]
}

function numberIn(fields: string, name: string): number | undefined {
  const text = field(fields, name)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function lineEnd(wire: Buffer, from: number): number {
  const at = wire.indexOf(LF, from)
  return at === -1 ? wire.length : at
}
