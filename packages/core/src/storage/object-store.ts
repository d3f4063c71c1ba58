import type { Readable } from 'node:stream'

/**
 * A multipart upload under way: `partSize` bytes per part, the last one shorter. Where the object turns out shorter than
 * planned, its last part and its completion name the upload with the size that it has.
 */
export interface Upload {
  key: string
  uploadId: string
  /** Bytes of the whole object, or the most it may have; 0 is an object without parts. */
  size: number
  /** Bytes of every part but the last. */
  partSize: number
}

/** An upload that was neither completed nor aborted yet. */
export interface PendingUpload {
  key: string
  uploadId: string
  createdAt: Date
}

export interface StoredPart {
  /** 1-based. */
  number: number
  size: number
  /** Names this very write of the part; without quotes. */
  etag: string
}

/** One part on its way into the store, in order, at whatever pace its bytes come. */
export interface PartWriter {
  /** Bytes of the whole part. */
  readonly size: number
  /**
   * Takes the next bytes, one call at a time; they may be used again once it resolves. Raises `PART_SIZE` for
   * more than the part has, the signal's reason, and what the store says.
   */
  write(bytes: Buffer): Promise<void>
  /** All bytes are there and shall be kept. Raises as `write`, and `PART_SIZE` if some are missing. */
  finish(): Promise<StoredPart>
  /** Nothing of it is kept. After `finish` or a failure it does nothing. */
  abort(): void
}

export interface StoredObject {
  size: number
  /** Changes with the content; without quotes. */
  etag: string
  lastModified: Date
}

/** An object as a listing shows it. */
export interface ListedObject {
  key: string
  size: number
  lastModified: Date
}

/** Part of a listing; `next` is where the next part begins, undefined after the last. */
export interface ObjectPage {
  objects: ListedObject[]
  next: string | undefined
}

/** ServedAs is what an object's answer says of its content, wherever it is served from. */
export interface ServedAs {
  type: string
  /** Content-Disposition. */
  disposition: string
}

/**
 * An ObjectPlace tells where somebody else can read an object: a URL, which is a secret, or a path below the store's
 * directory.
 */
export type ObjectPlace = { url: string } | { path: string }

/**
 * The bytes of an object, in order, in memory that is used again: what `read` gave is valid until the next
 * `read`, so a reader costs one buffer however long the object is, and reads nothing ahead of who reads it.
 */
export interface ObjectReader {
  /**
   * At least one byte; undefined after the last one. One call at a time. Raises StoreError, `UNAVAILABLE`
   * for an object that ends early; after that only `close` is left.
   */
  read(): Promise<Uint8Array | undefined>
  /** Frees everything at once, but leaves bytes alone that are still lent. A `read` under way raises. Idempotent. */
  close(): void
}

/** ReadableParts are what can be read of an upload under way. */
export interface ReadableParts {
  /** Numbers of the parts that are there. Raises `NO_SUCH_UPLOAD` where the store tells. */
  list(): Promise<ReadonlySet<number>>
  /**
   * Bytes from `start` on, within parts that were listed: at least one, up to `end` at most, perhaps only to the end
   * of a part. Raises `NO_SUCH_UPLOAD` for what was completed or aborted meanwhile.
   */
  open(start: number, end: number, signal?: AbortSignal): Promise<ObjectReader>
}

/** Token of the ObjectStore. */
export const OBJECT_STORE = Symbol('ObjectStore')

/**
 * Where files lie. The part list of an upload is the store's own, so it is the truth about what a
 * killed worker had already written. Implementations: a local directory, any S3.
 *
 * Every method raises `UNAVAILABLE` when the store cannot be used now and `INVALID` for a key, part
 * number, size or range that cannot be.
 */
export interface ObjectStore {
  /** Makes the directory or bucket where it is missing. For whoever writes, once at boot. Idempotent. */
  prepare(): Promise<void>
  createUpload(key: string, size: number, partSize: number): Promise<Upload>
  /** The parts that are durably stored, in order. Raises StoreError `NO_SUCH_UPLOAD`. */
  listParts(upload: Upload): Promise<StoredPart[]>
  /** Every upload under way whose key begins so, all unless given: so that orphans can be aborted. */
  listUploads(prefix?: string): Promise<PendingUpload[]>
  /**
   * The objects whose keys begin so, in parts of at most some thousands, in the store's order. `from`: what the part
   * before gave as `next`.
   */
  listObjects(prefix: string, from?: string): Promise<ObjectPage>
  /**
   * Bytes that may be written now so that the reserve stays free; below 0 if it is used up. Undefined where the store
   * does not tell.
   */
  room(): Promise<number | undefined>
  /** A small object in one go, in place of what is there. */
  put(key: string, content: Buffer): Promise<void>
  /**
   * Streams exactly the part's bytes from `body`. A body that ends
   * early or runs over raises `PART_SIZE`; a body that fails raises its own error; `signal` raises its
   * reason: then the body is destroyed and nothing of it is recorded. A second write of the same part
   * replaces the first; if it fails, the first may be gone from the part list, but is never mixed.
   */
  putPart(upload: Upload, number: number, body: Readable, signal: AbortSignal): Promise<StoredPart>
  /** The same for bytes that come at their own pace, perhaps from several places: see PartWriter. */
  openPart(upload: Upload, number: number, signal: AbortSignal): Promise<PartWriter>
  /**
   * A file of this machine in which the bytes of the upload lie at their offsets from their writing on, where
   * there is one.
   */
  pathOf(upload: Upload): string | undefined
  /** Undefined where nothing of an upload can be read before it is complete. */
  readableParts(upload: Upload): ReadableParts | undefined
  /**
   * Makes the object visible, whole, at once. Raises `INCOMPLETE` if a part is missing or was written
   * again since, `NO_SUCH_UPLOAD` if it was aborted. Idempotent.
   */
  completeUpload(upload: Upload, parts: readonly StoredPart[]): Promise<void>
  /** Forgets the upload and frees its bytes. Idempotent. */
  abortUpload(upload: Pick<Upload, 'key' | 'uploadId'>): Promise<void>
  head(key: string): Promise<StoredObject | undefined>
  /**
   * Bytes [start, end), which must lie within the object. Raises `NO_SUCH_OBJECT`; destroying the
   * stream frees everything. A stream that delivers less than asked ends in an error.
   */
  read(key: string, start: number, end: number, signal?: AbortSignal): Promise<Readable>
  /**
   * The same for whoever passes the bytes on: without streams, in memory that is used again. At least one
   * byte. Raises as `read` does; `signal` ends the opening, after that there is `close`.
   */
  open(key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader>
  /**
   * A URL is good for a GET, ranges included, for `goodForMs` (at least a second, at most a week), and answers as `as`
   * says. The object may be missing.
   */
  locate(key: string, as: ServedAs, goodForMs: number): Promise<ObjectPlace>
  /** Idempotent. Streams that are already open read on. */
  delete(key: string): Promise<void>
  /** Raises `UNAVAILABLE` when the store cannot be used now. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type StoreErrorKind =
  | 'UNAVAILABLE'
  | 'NO_SUCH_OBJECT'
  | 'NO_SUCH_UPLOAD'
  | 'INCOMPLETE'
  | 'FULL'
  /** The body of a part was shorter or longer than the part: the fault of whoever sent it. */
  | 'PART_SIZE'
  /** A key, number, size or range that cannot be: the caller's mistake. */
  | 'INVALID'

/** `message` is for logs and holds no secret. */
export class StoreError extends Error {
  constructor(
    readonly kind: StoreErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'StoreError'
  }
}
