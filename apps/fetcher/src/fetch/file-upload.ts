import { createHash, randomBytes } from 'node:crypto'
import type { Claim, Fetches } from '@obb/core/fetches'
import type { HashStates, SourceFile } from '@obb/core/files'
import {
  type ObjectStore,
  StoreError,
  type StoredPart,
  type Upload,
  choosePartSize,
  isSameVersion,
} from '@obb/core/storage'
import type { Holdings } from '@obb/core/store-state'
import type { HashStatePlace } from '../hashing/hash-checkpoints.js'
import type { UploadPlace } from '../transfer/file-transfer.js'
import { LOST } from './fetch-end.js'

/**
 * Where the parts of a file go. The row names the upload before its first part is written, so whoever goes on
 * finds it, and the store's own list tells what is there. The object's key ends in a mark of the version that
 * the parts are of (the source's validator), so that parts of two versions never meet in one upload.
 */
export class FileUpload implements UploadPlace, HashStatePlace {
  constructor(
    private readonly store: ObjectStore,
    private readonly holdings: Holdings,
    private readonly fetches: Fetches,
    /** Kept in step with what is written to the row. */
    private readonly file: SourceFile,
    private readonly claim: Claim,
    private readonly states: HashStates,
  ) {}

  /**
   * The upload that an earlier worker began on the same version, with the parts it got, or a new one.
   * Undefined if it was completed already. `fresh`: nothing proves the version, so it begins anew. Raises
   * StoreError, or LOST.
   */
  async open(
    size: number,
    version: { validator: string | undefined } | 'fresh',
  ): Promise<{ upload: Upload; stored: StoredPart[] } | undefined> {
    const key = this.keyOf(version)
    if (this.file.uploadId !== null && this.file.partSize !== null && this.file.objectKey !== null) {
      const earlier = this.current(size)
      try {
        const stored = await this.store.listParts(earlier)
        if (this.holdings.owns(earlier.key) && isSameVersion(earlier.key, key))
          return { upload: earlier, stored }
      } catch (error) {
        if (!(error instanceof StoreError) || error.kind !== 'NO_SUCH_UPLOAD') throw error
        // A whole object is of one version, and verified once more.
        if ((await this.store.head(earlier.key))?.size === size) return undefined
      }
    }
    return { upload: await this.begin(key, size), stored: [] }
  }

  /** Bytes of it that are in the store; those of a completed object are not counted. */
  async storedBytes(): Promise<number> {
    if (this.file.uploadId === null) return 0
    try {
      const stored = await this.store.listParts(this.current(this.file.size ?? 0))
      return stored.reduce((sum, { size }) => sum + size, 0)
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'NO_SUCH_UPLOAD') return 0
      throw error
    }
  }

  /** A new upload in place of the current one. */
  fresh(size: number): Promise<Upload> {
    return this.begin(this.keyOf('fresh'), size)
  }

  /**
   * The file has another number of bytes than was thought: nothing that is stored fits it. Raises LOST, also where no
   * account may have so many.
   */
  async resize(size: number): Promise<void> {
    const before = this.file.uploadId === null ? undefined : this.current(this.file.size ?? 0)
    const end = await this.fetches.resize(this.claim, size)
    if (end === 'lost') throw LOST
    Object.assign(this.file, { size, sizeTold: true, uploadId: null })
    if (before) await this.abort(before)
    if (end === 'unwanted') throw LOST
  }

  /** So many bytes have come, and the host does not tell how many will. Raises LOST as `resize` does. */
  async grow(size: number): Promise<void> {
    if (this.file.size === size && !this.file.sizeTold) return
    if ((await this.fetches.grow(this.claim, size)) !== 'resized') throw LOST
    Object.assign(this.file, { size, sizeTold: false })
  }

  /** The object is not what the host said. */
  async drop(size: number): Promise<void> {
    const { key } = this.current(size)
    if (this.holdings.owns(key)) await this.store.delete(key)
  }

  /** current is the upload as the row names it. */
  current(size: number): Upload {
    const { objectKey, partSize, uploadId } = this.file
    return { key: objectKey ?? '', uploadId: uploadId ?? '', size, partSize: partSize ?? 0 }
  }

  loadHashes({ uploadId }: Upload): Promise<Buffer | undefined> {
    return this.states.load(this.file.id, uploadId)
  }

  saveHashes({ uploadId }: Upload, state: Buffer): Promise<void> {
    return this.states.save(this.claim, uploadId, state)
  }

  private async abort(upload: Upload): Promise<void> {
    if (this.holdings.owns(upload.key)) await this.store.abortUpload(upload)
  }

  private async begin(key: string, size: number): Promise<Upload> {
    const before = this.file.uploadId === null ? undefined : this.current(size)
    const upload = await this.store.createUpload(key, size, choosePartSize(size))
    const told = { objectKey: upload.key, uploadId: upload.uploadId, partSize: upload.partSize }
    if (!(await this.fetches.setUpload(this.claim, told))) {
      await this.store.abortUpload(upload)
      throw LOST
    }
    Object.assign(this.file, told)
    if (before) await this.abort(before)
    return upload
  }

  private keyOf(version: { validator: string | undefined } | 'fresh'): string {
    const base = `${this.holdings.root}${this.file.id}/${this.file.generation}`
    if (version === 'fresh') return `${base}-${randomBytes(6).toString('hex')}`
    if (version.validator === undefined) return base
    return `${base}-${createHash('sha256').update(version.validator).digest('hex').slice(0, 12)}`
  }
}
