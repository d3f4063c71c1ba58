/* Description of a file by the head of an answer: any server may serve a link. */
import type { AvailableFile, HashAlgorithm } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { bytesOf } from '../../kit/fields/numbers.js'
import { baseName, decodedSegment } from '../../kit/fields/text.js'
import { dispositionName } from '../../kit/fields/disposition.js'
import { isPage } from '@obb/host-http'

/** Description is what the head of an answer tells about a file. */
export interface Description {
  /** Name as the server calls the file. */
  name?: string
  /** Name as the file's address has it. */
  nameHint: string
  /** Absent where only the end of the body tells. */
  size?: number
  /** Whether the answer is of a type that elsewhere means a refusal. */
  isPage: boolean
  /** Known after a ranged request only. */
  resumable?: boolean
  /** Identifies this version of the file, for comparison with a later one. */
  version?: string
  /** Strong enough for `If-Range`. */
  ifRange?: string
  /** In its place: each answer to a range has to repeat it. */
  weakValidator?: string
  hash?: NonNullable<AvailableFile['hash']>
}

export interface Head {
  status: number
  headers: Readonly<Record<string, string>>
  /** After redirects. */
  url: string
  /** Of a page, whose bytes were looked at: no text begins so. */
  isBinary?: boolean
}

/**
 * Reads a 200, a 206 of `bytes=0-0`, or the 416 by which a server refuses the first byte of an empty
 * file. Raises BAD_URL for a web page unless `webPages` allows it, and UNEXPECTED for a body in a coding that is not the
 * file's own.
 */
export function describe(head: Head, originalUrl: string, { webPages = false } = {}): Description {
  const { headers } = head
  const disposition = headers['content-disposition']
  if (isWebPage(headers) && !webPages && head.isBinary !== true) {
    throw new HostError('BAD_URL', 'Http: link leads to a web page, not to a file')
  }
  const nameHint = pathName(originalUrl, head.url)
  if (head.status !== 206 && isCoded(headers) && !CODED_NAME.test(nameHint)) {
    throw new HostError('UNEXPECTED', 'Http: server encodes the body although identity was asked for')
  }
  const size = sizeOf(head)
  const name = dispositionName(disposition)
  const ifRange = strongValidator(headers)
  const weakValidator = ifRange === undefined ? repeatedValidator(headers) : undefined
  const version = headers['etag']?.replace(/^W\//, '') ?? settledDate(headers)
  const hash = hashOf(headers, head.status === 206)
  return {
    ...(name !== undefined && { name }),
    nameHint,
    ...(size !== undefined && { size }),
    isPage: isPage(headers),
    ...(version !== undefined && { version }),
    ...(ifRange !== undefined && { ifRange }),
    ...(weakValidator !== undefined && { weakValidator }),
    ...(hash !== undefined && { hash }),
  }
}

/** Whether it is of the type that means a refusal where a file is meant, and not sent as an attachment. */
export function isWebPage(headers: Head['headers']): boolean {
  const type = headers['content-type'] ?? ''
  const isHtml = /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(type)
  return isHtml && headers['content-disposition'] === undefined
}

/** Whether bytes begin as no text does (WHATWG MIME Sniffing, binary data bytes). */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte))
}

/** What HTTP knows as codings of a body; `aws-chunked` or `utf-8` are none, and left over from elsewhere. */
const CODINGS: ReadonlySet<string> = new Set([
  ...['br', 'compress', 'deflate', 'gzip', 'x-compress', 'x-gzip', 'zstd'],
])
/** Names of files that servers label with a coding although it is their own. */
const CODED_NAME = /\.(?:br|gz|gzip|svgz|taz|tgz|tzst|z|zst)$/i

/** Whether the body is said to be in a coding: where a range of it is answered, its bytes are nevertheless the file's. */
export function isCoded(headers: Head['headers']): boolean {
  const codings = (headers['content-encoding'] ?? '').split(',')
  return codings.some((coding) => CODINGS.has(coding.trim().toLowerCase()))
}

export function sizeOf({ status, headers }: Head): number | undefined {
  const range = headers['content-range'] ?? ''
  if (status === 206) return bytesOf(/^bytes\s+0-\d+\/(\d+)$/i.exec(range)?.[1])
  if (status === 416) return bytesOf(/^bytes\s+\*\/(0)$/i.exec(range)?.[1])
  return bytesOf(headers['content-length'])
}

/** A validator that proves little, but changes with the file: a weak ETag, or a Last-Modified without a date beside it. */
function repeatedValidator(headers: Head['headers']): string | undefined {
  const { date, etag, 'last-modified': modified } = headers
  return etag ?? (date === undefined ? modified : undefined)
}

/** RFC 9110 §8.8: a strong ETag, or a Last-Modified that is older than the answer itself. */
function strongValidator(headers: Head['headers']): string | undefined {
  const etag = headers['etag']
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return etag
  return etag === undefined ? settledDate(headers) : undefined
}

/** Last-Modified where it is older than the answer itself: else the file may change again in the same second. */
function settledDate({ date, 'last-modified': modified }: Head['headers']): string | undefined {
  return Date.parse(date ?? '') - Date.parse(modified ?? '') >= 1000 ? modified : undefined
}

/** SCRIPT is what hands files out and is none of them. */
const SCRIPT = /\.(?:php\d?|phtml|aspx?|ashx|asmx|axd|jspx?|jsf|do|action|cgi|fcgi|pl|py|rb|cfm|dll)$/i

/** The last path segment; where a redirect is involved, the one that looks more like the name of a file. */
function pathName(originalUrl: string, finalUrl: string): string {
  const names = [lastSegment(originalUrl), lastSegment(finalUrl)]
  const isFile = (name = ''): boolean => name.includes('.') && !SCRIPT.test(name)
  return names.find(isFile) ?? names.find((name) => name?.includes('.')) ?? names.find(Boolean) ?? 'download'
}

/** Percent-decoded; undefined when the path ends with a slash. */
export function lastSegment(url: string): string | undefined {
  return baseName(decodedSegment(new URL(url).pathname.split('/').at(-1) ?? ''))
}

const DIGESTS: readonly [RegExp, HashAlgorithm, number][] = [
  [/(?:^|[\s,])sha-256\s*=\s*:?([a-z0-9+/]+=*):?/i, 'sha256', 32],
  [/(?:^|[\s,])md5\s*=\s*:?([a-z0-9+/]+=*):?/i, 'md5', 16],
  [/(?:^|[\s,])sha\s*=\s*:?([a-z0-9+/]+=*):?/i, 'sha1', 20],
]

/**
 * `Repr-Digest` (RFC 9530) and `Digest` (RFC 3230) speak of the whole file; `Content-MD5` (RFC 2616) of
 * the body that was sent, so that it says nothing in an answer to a range.
 */
function hashOf(headers: Head['headers'], partial: boolean): Description['hash'] {
  for (const field of [headers['repr-digest'], headers['digest']]) {
    for (const [pattern, algorithm, length] of DIGESTS) {
      const value = hex(pattern.exec(field ?? '')?.[1], length)
      if (value !== undefined) return { algorithm, value }
    }
  }
  const md5 = partial ? undefined : hex(headers['content-md5']?.trim(), 16)
  return md5 === undefined ? undefined : { algorithm: 'md5', value: md5 }
}

function hex(base64: string | undefined, length: number): string | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return bytes.length === length ? bytes.toString('hex') : undefined
}
