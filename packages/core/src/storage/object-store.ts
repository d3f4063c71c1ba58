import type { Readable } from 'node:stream'

/** A multipart upload under way: `partSize` bytes per part, the last one shorter. */
export interface Upload {
  key: string
  uploadId: string
  /** Bytes of the whole object. */
  size: number
  /** Bytes of every part but the last. */
  partSize: number
}

export interface StoredPart {
  /** 1-based. */
  number: number
  size: number
  etag: string
}

export interface StoredObject {
  size: number
  etag: string
  lastModified: Date
}

/**
 * Where files lie. The part list of an upload is the store's own, so it is the truth about what a
 * killed worker had already written. Implementations: a local directory, any S3.
 */
export interface ObjectStore {
  createUpload(key: string, size: number, partSize: number): Promise<Upload>
  /** The parts that are durably stored, in order. Raises StoreError `NO_SUCH_UPLOAD`. */
  listParts(upload: Upload): Promise<StoredPart[]>
  /**
   * Streams exactly the part's bytes from `body`; a body that ends early, runs over or fails rejects
   * and stores nothing. A second write of the same part replaces the first.
   */
  putPart(upload: Upload, number: number, body: Readable, signal: AbortSignal): Promise<StoredPart>
  /** Makes the object visible, whole, at once. Raises `INCOMPLETE` if a part is missing. Idempotent. */
  completeUpload(upload: Upload, parts: readonly StoredPart[]): Promise<void>
  /** Forgets the upload and frees its bytes. Idempotent. */
  abortUpload(upload: Pick<Upload, 'key' | 'uploadId'>): Promise<void>
  head(key: string): Promise<StoredObject | undefined>
  /** Bytes [start, end). Raises `NO_SUCH_OBJECT`; destroying the stream frees everything. */
  read(key: string, start: number, end: number, signal?: AbortSignal): Promise<Readable>
  delete(key: string): Promise<void>
  /** Raises `UNAVAILABLE` when the store cannot be used now. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type StoreErrorKind = 'UNAVAILABLE' | 'NO_SUCH_OBJECT' | 'NO_SUCH_UPLOAD' | 'INCOMPLETE' | 'FULL'

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
