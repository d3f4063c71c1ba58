import { Module } from '@nestjs/common'
import { StorageModule } from '@obb/core/storage'
import { StoreStateModule } from '@obb/core/store-state'
import { StoreAnnouncement } from './store-announcement.js'
import { StoreWatch } from './store-watch.js'

@Module({
  imports: [StorageModule, StoreStateModule],
  providers: [StoreAnnouncement, StoreWatch],
  exports: [StoreWatch],
})
export class StoreModule {}
