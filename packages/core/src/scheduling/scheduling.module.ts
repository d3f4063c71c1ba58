import { Module } from '@nestjs/common'
import { FetchesModule } from '../fetches/index.js'
import { HealthModule } from '../health/index.js'
import { PoolModule } from '../pool/index.js'
import { BandwidthShares } from './bandwidth-shares.js'
import { FetchSchedule } from './fetch-schedule.js'
import { PlatformQueues } from './platform-queues.js'
import { QueuePositions } from './queue-positions.js'
import { QueueRepair } from './queue-repair.js'

@Module({
  imports: [FetchesModule, HealthModule, PoolModule],
  providers: [BandwidthShares, FetchSchedule, PlatformQueues, QueuePositions, QueueRepair],
  exports: [BandwidthShares, FetchSchedule, PlatformQueues, QueuePositions, QueueRepair],
})
export class SchedulingModule {}
