import { Module } from '@nestjs/common'
import { StoreStateModule } from '@obb/core/store-state'
import { HealthController } from './health.controller.js'

/** OperationModule is what balancers ask. */
@Module({
  imports: [StoreStateModule],
  controllers: [HealthController],
})
export class OperationModule {}
