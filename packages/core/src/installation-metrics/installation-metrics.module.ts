import { Module } from '@nestjs/common'
import { QueueModule } from '../queue/index.js'
import { SchedulingModule } from '../scheduling/index.js'
import { StoreStateModule } from '../store-state/index.js'
import { InstallationMetrics } from './installation-metrics.js'

@Module({
  imports: [QueueModule, SchedulingModule, StoreStateModule],
  providers: [InstallationMetrics],
  exports: [InstallationMetrics],
})
export class InstallationMetricsModule {}
