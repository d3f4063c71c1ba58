import { NetworkFault } from './fault.js'

/** The head of an answer (RFC 9112), and how its body ends. */
export interface MessageHead {
  status: number
  /** Names in lower case; repeated ones joined by `, `. Bytes are Latin-1. */
  headers: Record<string, string>
  /** The `Set-Cookie` lines, one each. */
  setCookie: string[]
  /** Bytes, or where the end is found otherwise. */
  length: number | 'chunked' | 'until close'
  /** The connection can carry another exchange after this one. */
  keepAlive: boolean
  /** It is not as RFC 9112 has it, and was taken nevertheless; then `keepAlive` is false. */
  isLax: boolean
}

/*
 * What is taken although RFC 9112 has it otherwise, since old servers and careless proxies send it and every browser
 * reads it. Two readers may find the end of such an answer in two places, so its connection is not used again, and
 * what follows is nobody's answer:
 *
 * - lines that end in LF alone, where the status line does;
 * - a field that goes on in the next line, unless it says where the answer ends;
 * - the same Content-Length more than once;
 * - Content-Length beside `Transfer-Encoding: chunked`, which goes first (RFC 9112 §6.3).
 */

const CR = 0x0d
const LF = 0x0a
const CRLF_TWICE = Buffer.from('\r\n\r\n')
const LF_TWICE = Buffer.from('\n\n')
const LF_CRLF = Buffer.from('\n\r\n')
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// eslint-disable-next-line no-control-regex
const NO_VALUE = /[\0-\x08\x0a-\x1f\x7f]/
const LENGTH = /^\d{1,15}$/
/** FRAMING are the headers that say where the answer ends. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** Where a head ends, and where what follows it begins. */
export interface HeadEnd {
  end: number
  next: number
  /** Its lines may end in LF alone. */
  bareLf: boolean
}

/** Of the head that begins at `from`; undefined if it is not all there. What is before `seen` was looked at in vain. */
export function findHeadEnd(bytes: Buffer, from: number, seen: number): HeadEnd | undefined {
  const first = bytes.indexOf(LF, from)
  if (first < 0) return undefined
  const begin = Math.max(first - 1, seen - CRLF_TWICE.length)
  if (first > from && bytes[first - 1] === CR) return endAt(bytes, CRLF_TWICE, begin, false)
  const after = Math.max(first, begin)
  const ends = [LF_TWICE, LF_CRLF].flatMap((blank) => endAt(bytes, blank, after, true) ?? [])
  return ends.sort((one, other) => one.end - other.end)[0]
}

function endAt(bytes: Buffer, blank: Buffer, from: number, bareLf: boolean): HeadEnd | undefined {
  const end = bytes.indexOf(blank, from)
  return end < 0 ? undefined : { end, next: end + blank.length, bareLf }
}

/** `text` without its final blank line. Raises NetworkFault for what is not taken: see above. */
export function parseHead(text: string, method: string, bareLf = false): MessageHead {
  const { first, fields, isLax } = linesOf(text, bareLf)
  const [, minor, digits] = STATUS_LINE.exec(first) ?? []
  if (digits === undefined) throw new NetworkFault('HPE_INVALID_STATUS')
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  const setCookie: string[] = []
  for (const line of fields) {
    const [name, value] = parseField(line)
    const before = headers[name]
    // A tab behind `chunked` is blank to us (RFC 9110 §5.5), and part of the value to llhttp.
    if (FRAMING.has(name) && line.includes('\t')) throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
    const isLength = name === 'content-length'
    if (before !== undefined && FRAMING.has(name) && !isLength) {
      throw new NetworkFault('HPE_INVALID_TRANSFER_ENCODING')
    }
    headers[name] = before === undefined || (before === value && !isLength) ? value : `${before}, ${value}`
    if (name === 'set-cookie') setCookie.push(value)
  }
  const status = Number(digits)
  const connection = (headers['connection'] ?? '').toLowerCase()
  const { length, isOdd } = lengthOf(status, headers, method)
  const wanted = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
  const keepAlive = wanted && length !== 'until close' && !isLax && !isOdd
  return { status, headers, setCookie, length, keepAlive, isLax: isLax || isOdd }
}

/** The status line and the fields, each in one line. */
function linesOf(text: string, bareLf: boolean): { first: string; fields: string[]; isLax: boolean } {
  const [first = '', ...lines] = text.split(bareLf ? /\r?\n/ : '\r\n')
  let isLax = bareLf
  const fields: string[] = []
  let parts: string[] = []
  const take = (): void => {
    if (parts.length > 1 && FRAMING.has(parseField(parts[0]!)[0]))
      throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
    if (parts.length > 0) fields.push(parts.join(' '))
    parts = []
  }
  for (const line of lines) {
    if (isBlank(line.charCodeAt(0)) && parts.length > 0) {
      isLax = true
      parts.push(withoutBlanks(line))
    } else {
      take()
      parts.push(line)
    }
  }
  take()
  return { first, fields, isLax }
}

/** A line of a head or trailer: its name in lower case and its value. Raises NetworkFault. */
export function parseField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon)).toLowerCase()
  const value = withoutBlanks(line.slice(colon + 1))
  if (!TOKEN.test(name) || NO_VALUE.test(value)) throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
  return [name, value]
}

function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** RFC 9112 §6.3. `isOdd`: it is told in more than one way. */
function lengthOf(
  status: number,
  headers: Record<string, string>,
  method: string,
): { length: MessageHead['length']; isOdd: boolean } {
  const coding = headers['transfer-encoding']
  const lengths = headers['content-length']?.split(',').map(withoutBlanks)
  const length = lengths?.[0]
  if (lengths?.some((each) => each !== length || !LENGTH.test(each)) === true) {
    throw new NetworkFault('HPE_INVALID_CONTENT_LENGTH')
  }
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw new NetworkFault('HPE_INVALID_TRANSFER_ENCODING')
  }
  if (length !== undefined) headers['content-length'] = length
  if (coding !== undefined) delete headers['content-length']
  const isOdd = (lengths?.length ?? 0) > 1 || (coding !== undefined && length !== undefined)
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { length: 0, isOdd }
  if (coding !== undefined) return { length: 'chunked', isOdd }
  return { length: length === undefined ? 'until close' : Number(length), isOdd }
}
