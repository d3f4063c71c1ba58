import { NetworkFault } from './fault.js'
import { parseField } from './head.js'

/** Bytes of a line, and of all trailers together. */
const MAX_LINE = 16 * 1024
const LF = 0x0a
/** Extensions are left aside, if that is what they are (RFC 9112 §7.1.1). */
const SIZE = /^([0-9a-f]{1,12})(?:;[\w!#$%&'*+.^`|~-]+(?:=(?:[\w!#$%&'*+.^`|~-]+|"[\t !#-[\]-~]*"))?)*$/i
const NO_TRAILERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** Takes the framing of chunked transfer coding (RFC 9112 §7.1) out of bytes, in place. */
export class ChunkedDecoder {
  /** The last chunk and its trailers have been seen. */
  done = false
  /** Bytes after the end, which nobody asked for. */
  surplus = 0
  private left = 0
  private line = ''
  private trailers = 0
  private state: 'size' | 'data' | 'after data' | 'trailer' = 'size'

  /** The content in `bytes`, moved to their beginning; may be empty. Raises NetworkFault. */
  decode(bytes: Buffer): Buffer {
    let to = 0
    let at = 0
    while (at < bytes.length && !this.done) {
      if (this.state === 'data') {
        const count = Math.min(this.left, bytes.length - at)
        bytes.copyWithin(to, at, at + count)
        to += count
        at += count
        this.left -= count
        if (this.left === 0) this.state = 'after data'
      } else at = this.takeLine(bytes, at)
    }
    this.surplus += bytes.length - at
    return bytes.subarray(0, to)
  }

  private takeLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from)
    this.line += bytes.toString('latin1', from, end === -1 ? bytes.length : end)
    if (this.line.length + this.trailers > MAX_LINE) throw new NetworkFault('HPE_INVALID_CHUNK_SIZE')
    if (end === -1) return bytes.length
    if (!this.line.endsWith('\r')) throw new NetworkFault('HPE_CR_EXPECTED')
    const line = this.line.slice(0, -1)
    this.line = ''
    this.understand(line)
    return end + 1
  }

  private understand(line: string): void {
    if (this.state === 'after data') {
      if (line !== '') throw new NetworkFault('HPE_STRICT')
      this.state = 'size'
    } else if (this.state === 'trailer') {
      if (line === '') this.done = true
      else if (NO_TRAILERS.has(parseField(line)[0])) throw new NetworkFault('HPE_INVALID_HEADER_TOKEN')
      this.trailers += line.length
    } else {
      const size = SIZE.exec(line)?.[1]
      if (size === undefined) throw new NetworkFault('HPE_INVALID_CHUNK_SIZE')
      this.left = parseInt(size, 16)
      this.state = this.left === 0 ? 'trailer' : 'data'
    }
  }
}
