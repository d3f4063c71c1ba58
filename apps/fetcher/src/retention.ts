import type { Clock } from '@obb/core/clock'
import type { Discards } from '@obb/core/discards'
import type { Fetches } from '@obb/core/fetches'
import type { Log } from '@obb/core/log'
import type { ObjectStore } from '@obb/core/storage'

const BATCH = 100

/** An upload younger than this may belong to a fetch that has not told of it yet, ms. */
const ORPHAN_AGE_MS = 60 * 60_000

/** Removes what nobody needs: files that were not read for `FILE_TTL`, discarded objects, uploads without a fetch. */
export class Retention {
  constructor(
    private readonly fetches: Fetches,
    private readonly discards: Discards,
    private readonly store: ObjectStore,
    private readonly fileTtlMs: number,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Stored files become known files only; their objects are discarded. */
  async forgetFiles(): Promise<void> {
    for (const file of await this.fetches.forgetUnused(this.fileTtlMs, BATCH)) {
      this.log.info({ fileId: file.fileId }, 'forgotten as unused')
    }
  }

  /** What rows have given up: unused, failed and blocked files. An object that cannot be deleted now is tried again. */
  async removeDiscarded(): Promise<void> {
    for (const { id, objectKey: key, uploadId } of await this.discards.due(BATCH)) {
      if (uploadId !== null) await this.store.abortUpload({ key, uploadId })
      await this.store.delete(key)
      await this.discards.forget(id)
      this.log.info({ key }, 'removed')
    }
  }

  /** Uploads of cancelled, failed or forgotten fetches, which a killed worker could not abort. */
  async removeOrphans(): Promise<void> {
    const uploads = await this.store.listUploads()
    const known = await this.fetches.knownUploads()
    for (const upload of uploads) {
      const isYoung = upload.createdAt.getTime() > this.clock.now() - ORPHAN_AGE_MS
      if (isYoung || known.has(upload.uploadId)) continue
      await this.store.abortUpload(upload)
      this.log.info({ key: upload.key }, 'removed an upload without a fetch')
    }
  }
}
