import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { StoredFiles } from '@obb/core/files'
import { LOG, type Log } from '@obb/core/log'

const BATCH = 100

/** Gives up stored files: those that were not read for FILE_TTL, and those for which STORAGE_QUOTA has no room. */
@Injectable()
export class Retention {
  constructor(
    private readonly stored: StoredFiles,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FILE_TTL' | 'STORAGE_QUOTA'>,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Stored files become known files only; their objects are discarded. */
  async forgetFiles(): Promise<void> {
    for (const file of await this.stored.forgetUnused(this.config.FILE_TTL, BATCH)) {
      this.log.info({ fileId: file.fileId }, 'forgotten as unused')
    }
  }

  /** Makes room where more than the quota is stored. */
  async evict(): Promise<void> {
    const { STORAGE_QUOTA: quota } = this.config
    if (quota === undefined) return
    for (const file of await this.stored.evict(quota, BATCH)) {
      this.log.info({ fileId: file.fileId }, 'evicted to make room')
    }
  }
}
