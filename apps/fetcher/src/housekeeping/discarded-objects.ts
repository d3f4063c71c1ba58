import { Inject, Injectable } from '@nestjs/common'
import { Discards } from '@obb/core/discards'
import { LOG, type Log } from '@obb/core/log'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import { StoreWatch } from '../store/store-watch.js'

const BATCH = 100

/** Objects that rows have given up: those of unused, failed and blocked files. */
@Injectable()
export class DiscardedObjects {
  constructor(
    private readonly discards: Discards,
    private readonly watch: StoreWatch,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Deletes a batch of them; true: there may be more. One that cannot be deleted now is tried again. */
  async remove(): Promise<boolean> {
    const due = await this.discards.due(BATCH)
    for (const { id, objectKey: key, uploadId } of due) {
      const own = this.watch.holdings.owns(key)
      if (own && uploadId !== null) await this.store.abortUpload({ key, uploadId })
      if (own) await this.store.delete(key)
      await this.discards.forget(id)
      this.log.info({ key }, own ? 'removed' : 'left to the installation that stored it')
    }
    return due.length === BATCH
  }
}
