import { crc32 } from 'node:zlib'

export interface PartToEncode {
  name: string
  /** Bytes of the whole file. */
  size: number
  begin: number
  data: Buffer
  part: number
  total: number
}

const LINE = 128

/** Lines of yEnc, each with its CRLF. A dot at the beginning of one is stuffed where `wire` is set. */
export function encodeLines(data: Buffer, wire = false): Buffer {
  const out = Buffer.allocUnsafe(data.length * 2 + Math.ceil(data.length / LINE + 1) * 3)
  let at = 0
  let column = 0
  for (const byte of data) {
    let value = (byte + 42) & 0xff
    if (wire && column === 0 && value === 0x2e) out[at++] = value
    if (value === 0 || value === 10 || value === 13 || value === 61) {
      out[at++] = 61
      value = (value + 64) & 0xff
      column++
    }
    out[at++] = value
    column++
    if (column < LINE) continue
    at += out.write('\r\n', at, 'latin1')
    column = 0
  }
  if (column > 0) at += out.write('\r\n', at, 'latin1')
  return out.subarray(0, at)
}

export function crcOf(data: Buffer): string {
  return crc32(data).toString(16).padStart(8, '0')
}

/** The body of an article as it is on the wire, without its last line `.`. */
export function encodePart(
  { begin, data, name, part, size, total }: PartToEncode,
  crc = crcOf(data),
): Buffer {
  const single = total === 1
  const head = single
    ? `=ybegin line=${LINE} size=${size} name=${name}\r\n`
    : `=ybegin part=${part} total=${total} line=${LINE} size=${size} name=${name}\r\n` +
      `=ypart begin=${begin + 1} end=${begin + data.length}\r\n`
  const tail = single
    ? `=yend size=${data.length} crc32=${crc}\r\n`
    : `=yend size=${data.length} part=${part} pcrc32=${crc}\r\n`
  return Buffer.concat([Buffer.from(head), encodeLines(data, true), Buffer.from(tail)])
}
