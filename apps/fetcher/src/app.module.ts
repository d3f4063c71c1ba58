import { type DynamicModule, Module } from '@nestjs/common'
import { CoreModule } from '@obb/core'
import type { Clock } from '@obb/core/clock'
import type { FetcherConfig } from '@obb/core/config'
import { type Log, openLog } from '@obb/core/log'
import { HousekeepingModule } from './housekeeping/housekeeping.module.js'
import { QueueModule } from './queue/queue.module.js'

export interface FetcherOptions {
  config: FetcherConfig
  /** PostgreSQL's unless given. */
  clock?: Clock
  log?: Log
}

/** The fetch worker: everything that talks to hosts, and nothing that listens. */
@Module({ imports: [QueueModule, HousekeepingModule] })
export class AppModule {
  static register({
    config,
    clock,
    log = openLog('fetcher', config.LOG_LEVEL),
  }: FetcherOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [CoreModule.forRoot(config, { log, clock, pool: config.FETCHER_DATABASE_POOL })],
    }
  }
}
