import { Module } from '@nestjs/common'
import { StorageModule } from '@obb/core/storage'
import { StoreStateModule } from '@obb/core/store-state'
import { StoreWatch } from './store-watch.js'

@Module({
  imports: [StorageModule, StoreStateModule],
  providers: [StoreWatch],
  exports: [StoreWatch],
})
export class StoreModule {}
