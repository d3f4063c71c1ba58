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
  size: number
  /** Whether the answer is of a type that elsewhere means a refusal. */
  isPage: boolean
  /** Known after a ranged request only. */
  resumable?: boolean
  /** Identifies this version of the file, for comparison with a later one. */
  version?: string
  /** Strong enough for `If-Range`. */
  ifRange?: string
  hash?: NonNullable<AvailableFile['hash']>
}

export interface Head {
  status: number
  headers: Readonly<Record<string, string>>
  /** After redirects. */
  url: string
}

/**
 * Reads a 200, a 206 of `bytes=0-0`, or the 416 by which a server refuses the first byte of an empty
 * file. Raises BAD_URL for a web page unless `webPages` allows it, SIZE_UNKNOWN, and UNEXPECTED for a body in a coding.
 */
export function describe(head: Head, originalUrl: string, { webPages = false } = {}): Description {
  const { headers } = head
  const disposition = headers['content-disposition']
  const isWebPage = /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '')
  if (disposition === undefined && isWebPage && !webPages) {
    throw new HostError('BAD_URL', 'Http: link leads to a web page, not to a file')
  }
  if (!/^(identity)?$/i.test(headers['content-encoding']?.trim() ?? '')) {
    throw new HostError('UNEXPECTED', 'Http: server encodes the body although identity was asked for')
  }
  const size = sizeOf(head)
  if (size === undefined)
    throw new HostError('SIZE_UNKNOWN', 'Http: server does not tell the size of the file')
  const name = dispositionName(disposition)
  const ifRange = strongValidator(headers)
  const change = headers['etag'] ?? headers['last-modified']
  const hash = hashOf(headers, head.status === 206)
  return {
    ...(name !== undefined && { name }),
    nameHint: pathName(originalUrl, head.url),
    size,
    isPage: isPage(headers),
    ...(change !== undefined && { version: `${change};${size}` }),
    ...(ifRange !== undefined && { ifRange }),
    ...(hash !== undefined && { hash }),
  }
}

function sizeOf({ status, headers }: Head): number | undefined {
  const range = headers['content-range'] ?? ''
  if (status === 206) return bytesOf(/^bytes\s+0-\d+\/(\d+)$/i.exec(range)?.[1])
  if (status === 416) return bytesOf(/^bytes\s+\*\/(0)$/i.exec(range)?.[1])
  return bytesOf(headers['content-length'])
}

/** RFC 9110 §8.8: a strong ETag, or a Last-Modified that is older than the answer itself. */
function strongValidator(headers: Head['headers']): string | undefined {
  const etag = headers['etag']
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return etag
  const modified = headers['last-modified']
  const settled = Date.parse(headers['date'] ?? '') - Date.parse(modified ?? '') >= 1000
  return etag === undefined && settled ? modified : undefined
}

/** The last path segment; where a redirect is involved, the one that looks like a file name. */
function pathName(originalUrl: string, finalUrl: string): string {
  const names = [lastSegment(originalUrl), lastSegment(finalUrl)]
  return names.find((name) => name?.includes('.')) ?? names.find((name) => name !== undefined) ?? 'download'
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
