import { NetworkFault } from './fault.js'

/** The head of an answer (RFC 9112), and how its body ends. */
export interface MessageHead {
  status: number
  /** Names in lower case; repeated ones joined by `, `. */
  headers: Record<string, string>
  /** Bytes, or where the end is found otherwise. */
  length: number | 'chunked' | 'until close'
  /** The connection can carry another exchange after this one. */
  keepAlive: boolean
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** `text` without its final blank line. Strict where leniency leads to two readings. Raises NetworkFault. */
export function parseHead(text: string, method: string): MessageHead {
  const [first = '', ...lines] = text.split('\r\n')
  const [, minor, digits] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(first) ?? []
  if (digits === undefined) throw new NetworkFault('HPE_INVALID_STATUS')
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    const value = line.slice(colon + 1).trim()
    // Above all no line that continues the one before.
    if (!NAME.test(name) || /[\0\r\n]/.test(value)) throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
    const before = headers[name]
    if (name === 'content-length' && before !== undefined && before !== value) {
      throw new NetworkFault('HPE_UNEXPECTED_CONTENT_LENGTH')
    }
    headers[name] = before === undefined || before === value ? value : `${before}, ${value}`
  }
  const status = Number(digits)
  const connection = (headers['connection'] ?? '').toLowerCase()
  const length = lengthOf(status, headers, method)
  const wanted = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
  return { status, headers, length, keepAlive: wanted && length !== 'until close' }
}

/** RFC 9112 §6.3. */
function lengthOf(status: number, headers: Record<string, string>, method: string): MessageHead['length'] {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  const coding = headers['transfer-encoding']
  const length = headers['content-length']
  if (coding !== undefined) {
    if (length !== undefined) throw new NetworkFault('HPE_UNEXPECTED_CONTENT_LENGTH')
    if (coding.toLowerCase() !== 'chunked') throw new NetworkFault('HPE_INVALID_TRANSFER_ENCODING')
    return 'chunked'
  }
  if (length === undefined) return 'until close'
  if (!/^\d{1,16}$/.test(length)) throw new NetworkFault('HPE_INVALID_CONTENT_LENGTH')
  return Number(length)
}
