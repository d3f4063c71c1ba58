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
  secretsProbe,
  storeStateProbe,
} from '@obb/core/readiness'
import { SecretsModule, Vault } from '@obb/core/secrets'
import { StoreHealth, StoreStateModule } from '@obb/core/store-state'
import { DataSource } from 'typeorm'
import { HealthController } from './health.controller.js'

/** OperationModule is what balancers ask. */
@Module({
  imports: [InstallationMetricsModule, QueueModule, ReadinessModule, SecretsModule, StoreStateModule],
  controllers: [HealthController],
  providers: [
    {
      provide: Readiness,
      inject: [DatabaseProbes, FetchQueue, Fetchers, StoreHealth, DataSource, Vault, LOG],
      useFactory: (
        database: DatabaseProbes,
        queue: FetchQueue,
        fetchers: Fetchers,
        store: StoreHealth,
        source: DataSource,
        vault: Vault,
        log: Log,
      ) =>
        new Readiness(
          [
            ...database.all,
            queueProbe(queue),
            fetchersProbe(fetchers),
            storeStateProbe(store),
            secretsProbe(source, vault),
          ],
          { onChange: logChanges(log) },
        ),
    },
  ],
  exports: [Readiness],
})
export class OperationModule {}
