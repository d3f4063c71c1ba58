import { Module } from '@nestjs/common'
import { CONFIG, type StoreConfig } from '../config/index.js'
import { Installation, STORE_PREFIX } from './installation.js'
import { StoreHealth } from './store-health.js'
import { StoreSweeps } from './store-sweep.js'

/** Whether the store takes files, and which objects in it are ours. The gateway, which makes none, is told no prefix. */
@Module({
  providers: [
    {
      provide: STORE_PREFIX,
      inject: [CONFIG],
      useFactory: ({ S3_PREFIX = '' }: Partial<StoreConfig>) => S3_PREFIX,
    },
    Installation,
    StoreHealth,
    StoreSweeps,
  ],
  exports: [Installation, StoreHealth, StoreSweeps],
})
export class StoreStateModule {}
