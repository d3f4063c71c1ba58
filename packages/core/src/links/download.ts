import type { RequestContext } from '../tracing/index.js'

/**
 * What the proxy needs to know of a link: whether it may be served now, and which bytes. Everything else
 * (keys, traffic, hosts) is none of its business.
 */
export interface Download {
  linkId: string
  fileId: string
  generation: number
  /** `ready` has an object to serve; the other states are answered with an envelope. */
  state: 'ready' | 'not_ready' | 'ended' | 'share_ended' | 'account_suspended' | 'account_expired'
  /** By a share (`linkId` is its id): clients are counted, see `Downloads.admit`. */
  isShared: boolean
  /** Object key in the store; present with `ready`. */
  objectKey: string | null
  name: string
  /** Bytes; known before the file is ready. */
  size: number | null
  /** Lower-case hex; present with `ready`. */
  sha256: string | null
  md5: string | null
  /** CRC-32C, 8 hex digits. */
  crc32c: string | null
  /** Connections per file that clients are told to open at most. */
  maxChunks: number
  /** When the link's time is over. */
  expiresAt: Date
  /** When the file was completed: `Last-Modified`. */
  doneAt: Date | null
  /** Of the request that made the link. */
  madeBy: RequestContext
  /** With `not_ready`, where the bytes go that are being fetched; null where none are yet, or nobody knows how many. */
  unfinished: UnfinishedUpload | null
}

/** The upload that a file's bytes go to while it is fetched; its key is the download's `objectKey`. */
export interface UnfinishedUpload {
  uploadId: string
  /** Bytes of every part but the last. */
  partSize: number
  /** Bytes fetched so far, wherever in the file they lie. */
  bytesDone: number
}

/** The proxy's view of links and files. */
export interface Downloads {
  /** undefined: there is no such link. */
  find(linkId: string): Promise<Download | undefined>
  /** SHA-256 of each piece (`PIECE_BYTES`), 32 bytes each, in order; undefined where they are not known. */
  pieces(download: Download): Promise<Buffer | undefined>
  /** Keeps them for whoever asks next, unless the file has other bytes by now. */
  keepPieces(download: Download, digests: Buffer): Promise<void>
  /** Whether a client may download by this share, which counts it once a day. `network`: where the client is. */
  admit(download: Download, network: string): Promise<boolean>
  /** The file was read: keeps it from being removed as unused. Cheap, at most one write a minute per file. */
  touch(download: Download): Promise<void>
  /** The object is not in the store any more: the file is fetched again, nothing is charged. */
  markMissing(download: Download): Promise<void>
}
