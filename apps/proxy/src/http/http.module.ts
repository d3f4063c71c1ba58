import { Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { Connections } from './connections.js'
import { FailureFilter } from './failure.filter.js'
import { HealthController } from './health.controller.js'

@Module({
  controllers: [HealthController],
  providers: [Connections, { provide: APP_FILTER, useClass: FailureFilter }],
  exports: [Connections],
})
export class HttpModule {}
