import { Module } from '@nestjs/common'
import { FetchesModule } from '@obb/core/fetches'
import { FilesModule } from '@obb/core/files'
import { HealthModule } from '@obb/core/health'
import { HostsModule } from '@obb/core/hosts'
import { PoolModule } from '@obb/core/pool'
import { QuarantineModule } from '@obb/core/quarantine'
import { QueueModule } from '@obb/core/queue'
import { SchedulingModule } from '@obb/core/scheduling'
import { StorageModule } from '@obb/core/storage'
import { BandwidthModule } from '../bandwidth/bandwidth.module.js'
import { HostCallsModule } from '../host-calls/host-calls.module.js'
import { RepairModule } from '../repair/repair.module.js'
import { StoreModule } from '../store/store.module.js'
import { WorkerModule } from '../worker.module.js'
import { AccountLeases } from './account-leases.js'
import { FetchAttempt } from './fetch-attempt.js'
import { FetchClaims } from './fetch-claims.js'
import { FetchWorker } from './fetch-worker.js'
import { FetchHealth } from './fetch-health.js'
import { FetchOutcomes } from './fetch-outcomes.js'
import { FetchRuns } from './fetch-run.js'
import { FetchSuspects } from './fetch-suspects.js'
import { FileDownload } from './file-download.js'
import { LeaseHeartbeat } from './lease-heartbeat.js'
import { StoredTransfer } from './stored-transfer.js'
import { WayGiving } from './way-giving.js'

const core = [
  FetchesModule,
  FilesModule,
  HealthModule,
  HostsModule,
  PoolModule,
  QuarantineModule,
  QueueModule,
  SchedulingModule,
  StorageModule,
]

@Module({
  imports: [...core, BandwidthModule, HostCallsModule, RepairModule, StoreModule, WorkerModule],
  providers: [
    AccountLeases,
    FetchAttempt,
    FetchClaims,
    FetchWorker,
    FetchHealth,
    FetchOutcomes,
    FetchRuns,
    FetchSuspects,
    FileDownload,
    LeaseHeartbeat,
    StoredTransfer,
    WayGiving,
  ],
  exports: [FetchWorker],
})
export class FetchModule {}
