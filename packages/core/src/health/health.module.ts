import { Module } from '@nestjs/common'
import { HostBreaker } from './host-breaker.js'

@Module({
  providers: [HostBreaker],
  exports: [HostBreaker],
})
export class HealthModule {}
