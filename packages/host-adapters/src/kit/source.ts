import type { Readable, Transform } from 'node:stream'

/** Source tells where the bytes are. Valid for the account, the egress and the time it was resolved with. */
export type Source = UrlSource | StreamSource

interface AnySource {
  maxChunks?: number
  resumable?: boolean
  name?: string
  /** Checks the whole file once it is stored; a new one each time. */
  verifier?(): ContentVerifier
}

/** A URL that answers with the file, or with bytes of the same number that `transform` turns into it. */
export interface UrlSource extends AnySource {
  kind: 'url'
  url: string
  /** A user wrote the URL: open it with `userUrl`, so that the port rule holds on every hop. */
  userUrl?: boolean
  headers?: Record<string, string>
  size?: number
  /** The file itself is of a type that otherwise means a refusal: a web page, JSON. */
  isPage?: boolean
  /** Strong ETag or Last-Modified for `If-Range`. */
  validator?: string
  /** Where there is none of those: ETag or else Last-Modified, which every answer to a range has to repeat. */
  weakValidator?: string
  /** Epoch ms. */
  expiresAt?: number
  transform?: ContentTransform
}

/** Bytes that the adapter itself brings, where the host has no URL for them. */
export interface StreamSource extends AnySource {
  kind: 'stream'
  /** Bytes, exact. */
  size: number
  /** Bytes of which the start of a range is a multiple; a divisor of SOURCE_ALIGNMENT. 1 when absent. */
  partAlignment?: number
  /**
   * Exactly the bytes [start, end), any number of ranges at once. Errors, before and inside the stream, are
   * HostErrors or the signal's reason; destroying the stream or aborting closes its connections. Bytes that the host has
   * lost are zeros, or whatever it has in their place, and told to `onGap` before; without it they are an error.
   */
  open(range: ByteRange, signal: AbortSignal, onGap?: OnGap): Promise<Readable>
  /** The other files of the same post, by which one with gaps may be repaired. Raises HostError. */
  companions?(signal: AbortSignal): Promise<Companion[]>
}

/** A file that was posted together with another one. */
export interface Companion {
  /** Name as the list of both states it. */
  name: string | undefined
  /** About so many bytes of it come from the host; 0 is not known. */
  bytes: number
  /** Raises HostError. */
  open(signal: AbortSignal): Promise<StreamSource>
}

/** Awaited before the first of the bytes; what it raises ends the stream. */
export type OnGap = (gap: ByteRange) => Promise<void>

/** `end` is exclusive. */
export interface ByteRange {
  start: number
  end: number
}

/** Turns the host's bytes into the file's, as many (decryption). */
export interface ContentTransform {
  /** Offsets given to `create` are multiples of this, bytes; a divisor of SOURCE_ALIGNMENT. */
  alignment: number
  /** For the bytes from `offset` on. */
  create(offset: number): Transform
}

/** Told the whole file in order, then asked. */
export interface ContentVerifier {
  update(chunk: Uint8Array): void
  /** Raises HostError CORRUPT. */
  finish(): void
}
