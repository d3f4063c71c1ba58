import { createHash } from 'node:crypto'
import { interruption } from '../failure.js'

export interface ReceivedDigests {
  /** Lower-case hex. */
  sha256: string
  md5: string
  bytes: number
}

/** Reads at an offset into the buffer; 0 is the end. */
export type Reader = (buffer: Buffer, offset: number) => Promise<number>

const BUFFER = 2 ** 20

/** Digests of everything the reader gives. MD5 costs twice as much, so only where it is all there is. */
export async function digest(read: Reader, withMd5: boolean, signal: AbortSignal): Promise<ReceivedDigests> {
  const sha256 = createHash('sha256')
  const md5 = withMd5 ? createHash('md5') : undefined
  const buffer = Buffer.allocUnsafe(BUFFER)
  let bytes = 0
  for (;;) {
    if (signal.aborted) throw interruption()
    const length = await read(buffer, bytes)
    if (length === 0) return { sha256: sha256.digest('hex'), md5: md5?.digest('hex') ?? '', bytes }
    sha256.update(buffer.subarray(0, length))
    md5?.update(buffer.subarray(0, length))
    bytes += length
  }
}

/** ExpectedDigests are the digests that the whole file has to have. */
export interface ExpectedDigests {
  sha256?: string
  md5?: string
}

/** The hashes of the API, else a SHA-256 that the server uses as its ETag. */
export function expectedDigests(
  hashes: { sha256: string; md5?: string | undefined } | undefined,
  etag: string | null | undefined,
): ExpectedDigests {
  if (hashes !== undefined) {
    const md5 = hashes.md5?.toLowerCase()
    return { sha256: hashes.sha256.toLowerCase(), ...(md5 === undefined ? {} : { md5 }) }
  }
  const match = /^"([0-9a-f]{64})"$/i.exec(etag ?? '')
  return match?.[1] === undefined ? {} : { sha256: match[1].toLowerCase() }
}

/** Whether the file is what it has to be; true where nothing is known about it. */
export function matches(found: ReceivedDigests, expected: ExpectedDigests): boolean {
  if (expected.sha256 !== undefined) return found.sha256 === expected.sha256
  return expected.md5 === undefined || found.md5 === expected.md5
}
