import { Module } from '@nestjs/common'
import { HostBreaker } from './host-breaker.js'
import { HostHistory } from './host-history.js'
import { HostWords } from './host-words.js'

@Module({
  providers: [HostBreaker, HostHistory, HostWords],
  exports: [HostBreaker, HostHistory, HostWords],
})
export class HealthModule {}
