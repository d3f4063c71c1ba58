import { Inject, type OnApplicationShutdown } from '@nestjs/common'
import { FetchQueue } from '@obb/core/queue'
import type { ObjectStore } from '@obb/core/storage'
import type { OwnedHostHttp } from '@obb/host-adapters'
import { DataSource } from 'typeorm'
import { HOST_HTTP, STORE } from './tokens.js'

/** Closes what the process holds open, after the workers have stopped. */
export class Resources implements OnApplicationShutdown {
  constructor(
    private readonly database: DataSource,
    private readonly queue: FetchQueue,
    @Inject(STORE) private readonly store: ObjectStore,
    @Inject(HOST_HTTP) private readonly http: OwnedHostHttp,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([this.queue.close(), this.store.close(), this.http.close()])
    await this.database.destroy()
  }
}
