import { Module } from '@nestjs/common'
import { HostBreaker } from './host-breaker.js'
import { HostWords } from './host-words.js'

@Module({
  providers: [HostBreaker, HostWords],
  exports: [HostBreaker, HostWords],
})
export class HealthModule {}
