import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { FetchQueue } from '@obb/core/queue'
import { DataSource } from 'typeorm'

/** Closes what the process holds open, after the last request. */
@Injectable()
export class Resources implements OnApplicationShutdown {
  constructor(
    private readonly database: DataSource,
    private readonly queue: FetchQueue,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close()
    await this.database.destroy()
  }
}
