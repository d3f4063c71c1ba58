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
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// eslint-disable-next-line no-control-regex
const NO_VALUE = /[\0-\x08\x0a-\x1f\x7f]/
const LENGTH = /^\d{1,15}$/
/** FRAMING are the headers that say where the answer ends: twice is once too often. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/**
 * `text` without its final blank line. What is read strictly cannot be read differently by two sides: above all no
 * line that continues the one before, and no two lengths. Raises NetworkFault.
 */
export function parseHead(text: string, method: string): MessageHead {
  const [first = '', ...lines] = text.split('\r\n')
  const [, minor, digits] = STATUS_LINE.exec(first) ?? []
  if (digits === undefined) throw new NetworkFault('HPE_INVALID_STATUS')
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  const setCookie: string[] = []
  for (const line of lines) {
    const [name, value] = parseField(line)
    const before = headers[name]
    if (before !== undefined && FRAMING.has(name)) throw new NetworkFault('HPE_UNEXPECTED_CONTENT_LENGTH')
    // A tab behind `chunked` is blank to us (RFC 9110 §5.5), and part of the value to llhttp.
    if (FRAMING.has(name) && line.includes('\t')) throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
    headers[name] = before === undefined || before === value ? value : `${before}, ${value}`
    if (name === 'set-cookie') setCookie.push(value)
  }
  const status = Number(digits)
  const connection = (headers['connection'] ?? '').toLowerCase()
  const length = lengthOf(status, headers, method)
  const wanted = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
  return { status, headers, setCookie, length, keepAlive: wanted && length !== 'until close' }
}

/** A line of a head or trailer: its name in lower case and its value. Raises NetworkFault. */
export function parseField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon)).toLowerCase()
  let [start, end] = [colon + 1, line.length]
  while (isBlank(line.charCodeAt(start))) start += 1
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1
  const value = line.slice(start, end)
  if (!TOKEN.test(name) || NO_VALUE.test(value)) throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
  return [name, value]
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** RFC 9112 §6.3. */
function lengthOf(status: number, headers: Record<string, string>, method: string): MessageHead['length'] {
  const coding = headers['transfer-encoding']
  const length = headers['content-length']
  if (length !== undefined && !LENGTH.test(length)) throw new NetworkFault('HPE_INVALID_CONTENT_LENGTH')
  if (coding !== undefined) {
    if (length !== undefined) throw new NetworkFault('HPE_UNEXPECTED_CONTENT_LENGTH') // perhaps smuggled
    if (coding.toLowerCase() !== 'chunked') throw new NetworkFault('HPE_INVALID_TRANSFER_ENCODING')
  }
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  if (coding !== undefined) return 'chunked'
  return length === undefined ? 'until close' : Number(length)
}
