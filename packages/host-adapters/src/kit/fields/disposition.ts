/*
 * The file's name in a Content-Disposition: RFC 6266 and RFC 8187, and what servers write in their place and browsers
 * and wget understand all the same: values without quotes, without a type before them, percent-encoded, as an encoded
 * word, in pieces, in raw bytes of UTF-8 or GBK, with the path of the machine that the file came from.
 */
import { baseName, decodedSegment } from './text.js'

/** Value of a parameter as it stands there; `quoted`: without its quotes. */
interface Value {
  text: string
  quoted: boolean
}

/** Longest header that is looked at, characters. */
const MAX_HEADER = 16_384
/** More pieces of a name (RFC 2231 §3) are nobody's. */
const MAX_PIECES = 64
const ENCODED_WORD = /=\?([\w.:-]{1,40})(?:\*[\w-]{0,40})?\?([bq])\?([^?]{0,1000})\?=/gi
/** Between encoded words blanks say nothing (RFC 2047 §6.2). */
const BETWEEN_WORDS = /(?<=\?=)\s+(?==\?)/g
/** What follows a value where the field was sent twice and joined. */
const SENT_TWICE = /,\s{0,10}(?:attachment|inline|form-data)\b/i
/** An extended value under the name of the plain one, or with quotes in place of its apostrophes. */
const EXTENDED = /^(?:utf-?8|iso-8859-\d{1,2}|windows-125\d|gbk)(?:'[\w-]{0,20}'|")/i
/** Quotes that HTTP does not know. */
const OTHER_QUOTES = /^(?:''(.+)''|'(.+)'|`(.+)`|\u201c(.+)\u201d|\u00e2\u0080\u009c(.+)\u00e2\u0080\u009d)$/
const QUOTED_TWICE = /^""([^"]+)""$/
/** GB_PAIRS matches bytes that are Chinese by the rules of GB 2312, and no words of Latin-1: four in a row at least. */
const GB_PAIRS = /^(?:[\xb0-\xf7][\xa1-\xfe]){2,}$/

/**
 * `filename*` goes before `filename`, the first of each before others; no path is kept. Undefined where there is none.
 */
export function dispositionName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const parameters = parametersOf(header.slice(0, MAX_HEADER))
  return (
    baseName(extended(parameters.get('filename*'))) ??
    baseName(inPieces(parameters)) ??
    baseName(plain(parameters.get('filename')))
  )
}

/** By their names in lower case. What stands in quotes is no parameter, whatever it looks like. */
function parametersOf(header: string): Map<string, Value> {
  const found = new Map<string, Value>()
  for (let at = 0; at < header.length;) {
    const end = endOfParameter(header, at)
    const equals = header.indexOf('=', at)
    if (equals === -1) break
    if (equals < end) {
      // Words before it are a type that nothing separates from it.
      const before = header
        .slice(at, equals)
        .trim()
        .replace(/\s{1,10}\*$/, '*')
      const name = before.split(/[\s,]/).at(-1)?.toLowerCase() ?? ''
      if (!found.has(name)) found.set(name, valueOf(header.slice(equals + 1, end).trim()))
    }
    at = end + 1
  }
  return found
}

/** Where the next semicolon outside of quotes is; a quote that is never closed is none. */
function endOfParameter(header: string, from: number): number {
  let firstSemicolon: number | undefined
  let inQuotes = false
  for (let at = from; at < header.length; at++) {
    const char = header[at]
    if (char === '"') inQuotes = !inQuotes
    else if (char === '\\' && inQuotes && header[at + 1] === '"') at++
    else if (char === ';') {
      if (!inQuotes) return at
      firstSemicolon ??= at
    }
  }
  return inQuotes ? (firstSemicolon ?? header.length) : header.length
}

/** Other backslashes than those before a quote or another backslash are of a path. Some servers quote twice. */
function valueOf(text: string): Value {
  if (!text.startsWith('"')) {
    const once = text.split(SENT_TWICE, 1)[0] ?? ''
    const inner = OTHER_QUOTES.exec(once)?.slice(1).find(Boolean)
    return {
      text: inner ?? (once.includes('"') && !EXTENDED.test(once) ? once.replace(/"$/, '') : once),
      quoted: false,
    }
  }
  const quoted = text.replace(QUOTED_TWICE, '"$1"')
  const inner = quoted.slice(1, closingQuote(quoted))
  return { text: inner.replace(/\\(["\\])/g, '$1'), quoted: true }
}

/** The last quote, or one before a comma: the field was sent twice. A quote among words belongs to the name. */
function closingQuote(text: string): number | undefined {
  for (let at = text.indexOf('"', 1); at !== -1; at = text.indexOf('"', at + 1)) {
    if (text[at - 1] !== '\\' && text[at + 1] === ',') return at
  }
  const last = text.lastIndexOf('"')
  return last > 0 && text[last - 1] !== '\\' ? last : undefined
}

/** RFC 8187: `charset'language'percent-encoded`; without a charset that is known it is UTF-8. */
function extended(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined
  const [charset, , ...rest] = value.text.replace(/^([\w-]{2,20})"([^]*?)"?$/, "$1''$2").split("'")
  if (rest.length === 0) return plain({ ...value, text: value.text.split("'").at(-1) ?? '' })
  return decoded(percentBytes(unquoted(rest.join("'"))), charset ?? '')
}

/** RFC 2231 §3: `filename*0="a"; filename*1*=%20b`, the charset in the first piece. */
function inPieces(parameters: ReadonlyMap<string, Value>): string | undefined {
  let charset = ''
  const bytes: Buffer[] = []
  for (let at = 0; at < MAX_PIECES; at++) {
    const encoded = parameters.get(`filename*${at}*`)
    const value = encoded ?? parameters.get(`filename*${at}`)
    if (value === undefined) break
    const [first = '', , ...rest] = value.text.split("'")
    const isFirst = at === 0 && encoded !== undefined && rest.length > 0
    if (isFirst) charset = first
    const text = isFirst ? rest.join("'") : value.text
    bytes.push(encoded ? percentBytes(text) : Buffer.from(text, 'latin1'))
  }
  return bytes.length === 0 ? undefined : decoded(Buffer.concat(bytes), charset)
}

function plain(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined
  if (EXTENDED.test(value.text)) return extended(value)
  return decodedSegment(fromBytes(decodedWords(value.text)))
}

/** With its encoded words as what they stand for (RFC 2047). */
export function decodedWords(text: string): string {
  return text.replace(BETWEEN_WORDS, '').replace(ENCODED_WORD, encodedWord)
}

function encodedWord(word: string, charset: string, encoding: string, text: string): string {
  const isBase64 = encoding.toLowerCase() === 'b'
  const bytes = isBase64
    ? Buffer.from(text, 'base64')
    : percentBytes(text.replaceAll('_', ' ').replaceAll('=', '%'))
  return decoded(bytes, charset) ?? word
}

/** Header bytes arrive as Latin-1; many servers mean UTF-8, and some GBK. */
function fromBytes(text: string): string {
  const runs = text.match(/[\x80-\xff]+/g)
  if (runs === null || /[^\0-\xff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  const other = runs.every((run) => GB_PAIRS.test(run)) ? 'gbk' : 'latin1'
  return decoded(bytes, 'utf-8') ?? decoded(bytes, other) ?? text
}

function percentBytes(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}

/** Undefined where the bytes are none of that charset, nor of UTF-8 where there is no such charset. */
function decoded(bytes: Buffer, charset: string): string | undefined {
  for (const label of [charset.trim() || 'utf-8', 'utf-8']) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_NOT_SUPPORTED') return undefined
    }
  }
  return undefined
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
