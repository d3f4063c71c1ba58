import { Module } from '@nestjs/common'
import { InstallationMetricsModule } from '@obb/core/installation-metrics'
import { LOG, type Log } from '@obb/core/log'
import { FetchQueue, Fetchers, QueueModule } from '@obb/core/queue'
import {
  DatabaseProbes,
  fetchersProbe,
  logChanges,
  queueProbe,
  Readiness,
  ReadinessModule,
  storeStateProbe,
} from '@obb/core/readiness'
import { StoreHealth, StoreStateModule } from '@obb/core/store-state'
import { HealthController } from './health.controller.js'

/** OperationModule is what balancers ask. */
@Module({
  imports: [InstallationMetricsModule, QueueModule, ReadinessModule, StoreStateModule],
  controllers: [HealthController],
  providers: [
    {
      provide: Readiness,
      inject: [DatabaseProbes, FetchQueue, Fetchers, StoreHealth, LOG],
      useFactory: (
        database: DatabaseProbes,
        queue: FetchQueue,
        fetchers: Fetchers,
        store: StoreHealth,
        log: Log,
      ) =>
        new Readiness([...database.all, queueProbe(queue), fetchersProbe(fetchers), storeStateProbe(store)], {
          onChange: logChanges(log),
        }),
    },
  ],
  exports: [Readiness],
})
export class OperationModule {}
