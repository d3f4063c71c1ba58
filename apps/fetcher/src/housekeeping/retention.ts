import type { Clock } from '@obb/core/clock'
import type { Discards } from '@obb/core/discards'
import type { Fetches } from '@obb/core/fetches'
import type { HashStates, StoredFiles } from '@obb/core/files'
import type { Log } from '@obb/core/log'
import type { ObjectStore } from '@obb/core/storage'
import type { Holdings } from '@obb/core/store-state'

const BATCH = 100

/** An upload younger than this may belong to a fetch that has not told of it yet, ms. */
const ORPHAN_AGE_MS = 60 * 60_000

export interface RetentionLimits {
  /** FILE_TTL, ms. */
  unusedMs: number
  /** STORAGE_QUOTA, bytes. */
  quota?: number | undefined
}

/**
 * Removes what nobody needs, files that were not read for `FILE_TTL`, discarded objects, uploads without a fetch, and
 * what there is no room for.
 */
export class Retention {
  constructor(
    private readonly fetches: Fetches,
    private readonly stored: StoredFiles,
    private readonly discards: Discards,
    private readonly states: HashStates,
    private readonly store: ObjectStore,
    /** Once the installation is established. */
    private readonly holdings: () => Holdings,
    private readonly limits: RetentionLimits,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Stored files become known files only; their objects are discarded. */
  async forgetFiles(): Promise<void> {
    for (const file of await this.stored.forgetUnused(this.limits.unusedMs, BATCH)) {
      this.log.info({ fileId: file.fileId }, 'forgotten as unused')
    }
  }

  /** Makes room where more than the quota is stored. */
  async evict(): Promise<void> {
    const { quota } = this.limits
    if (quota === undefined) return
    for (const file of await this.stored.evict(quota, BATCH)) {
      this.log.info({ fileId: file.fileId }, 'evicted to make room')
    }
  }

  /** What rows have given up: unused, failed and blocked files. An object that cannot be deleted now is tried again. */
  async removeDiscarded(): Promise<void> {
    for (const { id, objectKey: key, uploadId } of await this.discards.due(BATCH)) {
      const own = this.holdings().owns(key)
      if (own && uploadId !== null) await this.store.abortUpload({ key, uploadId })
      if (own) await this.store.delete(key)
      await this.discards.forget(id)
      this.log.info({ key }, own ? 'removed' : 'left to the installation that stored it')
    }
  }

  /**
   * Uploads of cancelled, failed or forgotten fetches, which a killed worker could not abort, and their hashes. Others'
   * in the same bucket are none of ours: only those that name this installation are looked at.
   */
  async removeOrphans(): Promise<void> {
    await this.states.forgetUnneeded()
    const uploads = await this.store.listUploads(this.holdings().root)
    const known = await this.fetches.knownUploads()
    for (const upload of uploads) {
      const isYoung = upload.createdAt.getTime() > this.clock.now() - ORPHAN_AGE_MS
      if (isYoung || known.has(upload.uploadId)) continue
      await this.store.abortUpload(upload)
      this.log.info({ key: upload.key }, 'removed an upload without a fetch')
    }
  }
}
