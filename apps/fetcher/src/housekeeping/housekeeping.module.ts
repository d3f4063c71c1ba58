import { Module } from '@nestjs/common'
import { BlocksModule } from '@obb/core/blocks'
import { DiscardsModule } from '@obb/core/discards'
import { DocumentsModule } from '@obb/core/documents'
import { FetchesModule } from '@obb/core/fetches'
import { FilesModule } from '@obb/core/files'
import { FoldersModule } from '@obb/core/folders'
import { HealthModule } from '@obb/core/health'
import { HistoryModule } from '@obb/core/history'
import { HostsModule } from '@obb/core/hosts'
import { LevelsModule } from '@obb/core/levels'
import { LinksModule } from '@obb/core/links'
import { LOG, type Log } from '@obb/core/log'
import { PoolModule } from '@obb/core/pool'
import { FetchQueue, QueueModule } from '@obb/core/queue'
import {
  DatabaseProbes,
  logChanges,
  queueProbe,
  secretsProbe,
  Readiness,
  ReadinessModule,
  storeProbe,
} from '@obb/core/readiness'
import { SchedulingModule } from '@obb/core/scheduling'
import { SecretsModule, Vault } from '@obb/core/secrets'
import { OBJECT_STORE, type ObjectStore, StorageModule } from '@obb/core/storage'
import { StoreHealth, StoreStateModule } from '@obb/core/store-state'
import { TrafficModule } from '@obb/core/traffic'
import { DataSource } from 'typeorm'
import { HostCallsModule } from '../host-calls/host-calls.module.js'
import { StoreModule } from '../store/store.module.js'
import { WorkerModule } from '../worker.module.js'
import { Canaries } from './canaries.js'
import { CheckSchedule } from './check-schedule.js'
import { DiscardedObjects } from './discarded-objects.js'
import { Expiry } from './expiry.js'
import { HealthServer, Liveness, sweepsProbe } from './health.js'
import { OrphanedUploads } from './orphaned-uploads.js'
import { Presence } from './presence.js'
import { Queues } from './queues.js'
import { Retention } from './retention.js'
import { Sweep } from './sweep.js'

const core = [
  BlocksModule,
  DiscardsModule,
  DocumentsModule,
  FetchesModule,
  FilesModule,
  FoldersModule,
  HealthModule,
  HistoryModule,
  HostsModule,
  LevelsModule,
  LinksModule,
  PoolModule,
  QueueModule,
  ReadinessModule,
  SchedulingModule,
  SecretsModule,
  StorageModule,
  StoreStateModule,
  TrafficModule,
]

@Module({
  imports: [...core, HostCallsModule, StoreModule, WorkerModule],
  providers: [
    Canaries,
    CheckSchedule,
    DiscardedObjects,
    Expiry,
    HealthServer,
    Liveness,
    OrphanedUploads,
    Presence,
    Queues,
    {
      provide: Readiness,
      inject: [DatabaseProbes, FetchQueue, OBJECT_STORE, StoreHealth, Liveness, DataSource, Vault, LOG],
      useFactory: (
        database: DatabaseProbes,
        queue: FetchQueue,
        store: ObjectStore,
        health: StoreHealth,
        liveness: Liveness,
        source: DataSource,
        vault: Vault,
        log: Log,
      ) =>
        new Readiness(
          [
            ...database.all,
            queueProbe(queue),
            storeProbe(store, health),
            secretsProbe(source, vault),
            sweepsProbe(liveness),
          ],
          { onChange: logChanges(log) },
        ),
    },
    Retention,
    Sweep,
  ],
})
export class HousekeepingModule {}
