import type { Fetches } from '@obb/core/fetches'
import type { Log } from '@obb/core/log'
import type { ObjectStore } from '@obb/core/storage'

const BATCH = 100

/** Removes stored files that nobody read for `FILE_TTL` and that no live link needs. */
export class Retention {
  constructor(
    private readonly fetches: Fetches,
    private readonly store: ObjectStore,
    private readonly fileTtlMs: number,
    private readonly log: Log,
  ) {}

  async remove(): Promise<void> {
    for (const file of await this.fetches.forgetUnused(this.fileTtlMs, BATCH)) {
      await this.store.delete(file.objectKey)
      this.log.info({ fileId: file.fileId }, 'removed as unused')
    }
  }
}
