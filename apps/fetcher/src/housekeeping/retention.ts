import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { Files, StoredBytes, StoredFiles, unusedWalk } from '@obb/core/files'
import { History } from '@obb/core/history'
import { LOG, type Log } from '@obb/core/log'

/** Files whose objects are given up in one go. */
const BATCH = 100
/** Rows that are deleted in one go. */
const ROWS = 500

/**
 * How long things are kept: stored files that were not read for FILE_TTL, or for which STORAGE_QUOTA has no room, rows of
 * files that nobody asked about for FACTS_TTL, and links and traffic of before HISTORY_TTL. Each step is one batch, and
 * tells whether there is more.
 */
@Injectable()
export class Retention {
  private readonly unused = unusedWalk()

  constructor(
    private readonly stored: StoredFiles,
    private readonly storedBytes: StoredBytes,
    private readonly files: Files,
    private readonly history: History,
    @Inject(CONFIG)
    private readonly config: Pick<FetcherConfig, 'FILE_TTL' | 'FACTS_TTL' | 'HISTORY_TTL' | 'STORAGE_QUOTA'>,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Stored files become known files only; their objects are discarded. */
  async forgetFiles(): Promise<boolean> {
    for (const file of await this.stored.forgetUnused(this.config.FILE_TTL, BATCH, this.unused)) {
      this.log.info({ fileId: file.fileId }, 'forgotten as unused')
    }
    return this.unused.isUnderWay
  }

  /** Makes room where more than the quota is stored. */
  async evict(): Promise<boolean> {
    const { STORAGE_QUOTA: quota } = this.config
    if (quota === undefined) return false
    const evicted = await this.stored.evict(quota, BATCH)
    for (const file of evicted) this.log.info({ fileId: file.fileId }, 'evicted to make room')
    return evicted.length === BATCH
  }

  /** Keeps the running total of what is stored short. */
  foldBytes(): Promise<boolean> {
    return this.storedBytes.fold()
  }

  /** Compares a part of that total with the files. */
  async verifyBytes(): Promise<boolean> {
    const off = await this.storedBytes.verify()
    if (off) this.log.warn(off, 'the total of stored bytes was off and is corrected')
    return off !== undefined
  }

  async forgetUnasked(): Promise<boolean> {
    return (await this.files.forgetUnasked(this.config.FACTS_TTL, ROWS)) === ROWS
  }

  async sumUpHistory(): Promise<boolean> {
    return (await this.history.sumUp(this.config.HISTORY_TTL, ROWS)) === ROWS
  }
}
