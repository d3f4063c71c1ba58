import { Module } from '@nestjs/common'
import { SchedulingModule } from '@obb/core/scheduling'
import { WorkerModule } from '../worker.module.js'
import { BandwidthClock, systemClock } from './bandwidth.js'
import { BandwidthLimits } from './bandwidth-limits.js'

@Module({
  imports: [SchedulingModule, WorkerModule],
  providers: [{ provide: BandwidthClock, useValue: systemClock }, BandwidthLimits],
  exports: [BandwidthLimits],
})
export class BandwidthModule {}
