import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { CONFIG, type StoreConfig } from '../config/index.js'
import { OBJECT_STORE, type ObjectStore } from './object-store.js'
import { openObjectStore } from './open-object-store.js'
import { storeSettings } from './settings.js'

@Module({
  providers: [
    {
      provide: OBJECT_STORE,
      inject: [CONFIG],
      useFactory: (config: StoreConfig) => openObjectStore(storeSettings(config)),
    },
  ],
  exports: [OBJECT_STORE],
})
export class StorageModule implements OnApplicationShutdown {
  constructor(@Inject(OBJECT_STORE) private readonly store: ObjectStore) {}

  onApplicationShutdown(): Promise<void> {
    return this.store.close()
  }
}
