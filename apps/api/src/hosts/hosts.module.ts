import { Module } from '@nestjs/common'
import { HealthModule } from '@obb/core/health'
import { HostsModule as CoreHostsModule } from '@obb/core/hosts'
import { PoolModule } from '@obb/core/pool'
import { TrafficModule } from '@obb/core/traffic'
import { CallersModule } from '../callers/callers.module.js'
import { HostHistoryController } from './host-history.controller.js'
import { HostFactsQuery } from './host-facts-query.js'
import { SupportedHostsController } from './supported-hosts.controller.js'

@Module({
  imports: [CallersModule, CoreHostsModule, HealthModule, PoolModule, TrafficModule],
  controllers: [SupportedHostsController, HostHistoryController],
  providers: [HostFactsQuery],
  exports: [HostFactsQuery],
})
export class HostsModule {}
