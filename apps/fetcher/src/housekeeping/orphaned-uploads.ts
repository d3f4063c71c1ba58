import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { Fetches } from '@obb/core/fetches'
import { HashStates } from '@obb/core/files'
import { LOG, type Log } from '@obb/core/log'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import { StoreWatch } from '../store/store-watch.js'

/** An upload younger than this may belong to a fetch that has not told of it yet, ms. */
const ORPHAN_AGE_MS = 60 * 60_000

/** Uploads of cancelled, failed or forgotten fetches, which a killed worker could not abort, and their hashes. */
@Injectable()
export class OrphanedUploads {
  constructor(
    private readonly fetches: Fetches,
    private readonly states: HashStates,
    private readonly watch: StoreWatch,
    private readonly clock: Clock,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Aborts those that name this installation: others' in the same bucket are none of ours. */
  async remove(): Promise<void> {
    await this.states.forgetUnneeded()
    const uploads = await this.store.listUploads(this.watch.holdings.root)
    const known = await this.fetches.knownUploads()
    for (const upload of uploads) {
      const isYoung = upload.createdAt.getTime() > this.clock.now() - ORPHAN_AGE_MS
      if (isYoung || known.has(upload.uploadId)) continue
      await this.store.abortUpload(upload)
      this.log.info({ key: upload.key }, 'removed an upload without a fetch')
    }
  }
}
