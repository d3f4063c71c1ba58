import { Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { ClientConnections } from './client-connections.js'
import { FailureFilter } from './failure.filter.js'
import { HealthController } from './health.controller.js'

@Module({
  controllers: [HealthController],
  providers: [ClientConnections, { provide: APP_FILTER, useClass: FailureFilter }],
  exports: [ClientConnections],
})
export class HttpModule {}
