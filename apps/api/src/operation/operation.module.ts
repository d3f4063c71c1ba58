import { Module } from '@nestjs/common'
import { StoreStateModule } from '@obb/core/store-state'
import { HealthController } from './health.controller.js'

/** What balancers ask. */
@Module({
  imports: [StoreStateModule],
  controllers: [HealthController],
})
export class OperationModule {}
