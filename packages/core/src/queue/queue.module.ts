import { Module, type OnApplicationShutdown } from '@nestjs/common'
import { CONFIG } from '../config/index.js'
import { FetchQueue } from './fetch-queue.js'
import { Fetchers } from './fetchers.js'
import { QUEUE_SETTINGS, queueSettings } from './settings.js'

@Module({
  providers: [{ provide: QUEUE_SETTINGS, inject: [CONFIG], useFactory: queueSettings }, FetchQueue, Fetchers],
  exports: [FetchQueue, Fetchers],
})
export class QueueModule implements OnApplicationShutdown {
  constructor(private readonly queue: FetchQueue) {}

  onApplicationShutdown(): Promise<void> {
    return this.queue.close()
  }
}
