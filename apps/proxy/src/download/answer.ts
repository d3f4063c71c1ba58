import { randomBytes } from 'node:crypto'
import { contentDisposition } from './disposition.js'
import { lengthOf, type Segment } from './pump.js'
import type { ServedFile } from '../links/served-file.js'
import { formatHttpDate, type ByteRange, type Decision } from '../range/index.js'

export interface ServedAnswer {
  code: 200 | 206 | 304
  headers: Record<string, string | string[]>
  /** The body, in order; together as long as Content-Length says. */
  segments: Segment[]
}

const TYPE = 'application/octet-stream'

/**
 * Head and body for a decision that is a success. The hashes are those of the whole file and therefore go
 * with whole answers only: downloaders compare them with what that one answer brought.
 */
export function answerOf(file: ServedFile, decision: Decision & { status: 200 | 206 | 304 }): ServedAnswer {
  const { validators, fields } = descriptionOf(file)
  if (decision.status === 304) return { code: 304, headers: validators, segments: [] }

  const body = decision.status === 206 ? partial(file, decision.ranges) : whole(file)
  const length = body.segments.reduce((sum, segment) => sum + lengthOf(segment), 0)
  return {
    code: decision.status,
    headers: {
      ...fields,
      'content-length': String(length),
      ...body.headers,
    },
    segments: body.segments,
  }
}

interface Description {
  validators: Record<string, string>
  /** Fields of every answer with a body, the validators among them. */
  fields: Record<string, string>
}

/** A file is asked for in many ranges, and writing its fields costs more than deciding on a range. */
const descriptions = new WeakMap<ServedFile, Description>()

function descriptionOf(file: ServedFile): Description {
  const known = descriptions.get(file)
  if (known !== undefined) return known
  const validators = {
    ...(file.etag !== undefined && { etag: file.etag }),
    ...(file.lastModified !== undefined && { 'last-modified': formatHttpDate(file.lastModified) }),
    // A transformed or shared copy would break resuming and hand the file to others.
    'cache-control': 'private, no-transform',
  }
  const fields = {
    ...validators,
    'accept-ranges': 'bytes',
    'content-disposition': contentDisposition(file.name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
  }
  const description = { validators, fields }
  descriptions.set(file, description)
  return description
}

type Body = Pick<ServedAnswer, 'headers' | 'segments'>

function whole(file: ServedFile): Body {
  const headers: ServedAnswer['headers'] = { 'content-type': TYPE }
  if (file.sha256 !== null) {
    const sha256 = base64(file.sha256)
    headers['digest'] = `SHA-256=${sha256}`
    headers['repr-digest'] = `sha-256=:${sha256}:`
  }
  if (file.md5 !== null) {
    headers['content-md5'] = base64(file.md5)
    headers['x-amz-meta-md5-hash'] = file.md5
  }
  // A line each, as Google's own store does: clients look for one algorithm per line.
  const google = [
    ...(file.crc32c === null ? [] : [`crc32c=${base64(file.crc32c)}`]),
    ...(file.md5 === null ? [] : [`md5=${base64(file.md5)}`]),
  ]
  if (google.length > 0) headers['x-goog-hash'] = google
  return { headers, segments: file.size === 0 ? [] : [{ start: 0, end: file.size }] }
}

function partial(file: ServedFile, ranges: readonly [ByteRange, ...ByteRange[]]): Body {
  const [first, ...others] = ranges
  if (others.length > 0) return multipart(file, ranges)
  return {
    headers: { 'content-type': TYPE, 'content-range': contentRange(first, file.size) },
    segments: [first],
  }
}

/** multipart/byteranges, RFC 9110 §14.6. The boundary is random: no file can contain it on purpose. */
function multipart(file: ServedFile, ranges: readonly ByteRange[]): Body {
  const boundary = randomBytes(16).toString('hex')
  const segments = ranges.flatMap((range, index): Segment[] => {
    const lines = [
      `${index === 0 ? '' : '\r\n'}--${boundary}`,
      `Content-Type: ${TYPE}`,
      `Content-Range: ${contentRange(range, file.size)}`,
    ]
    return [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), range]
  })
  segments.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  return { headers: { 'content-type': `multipart/byteranges; boundary=${boundary}` }, segments }
}

function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}
