import { Module } from '@nestjs/common'
import { History } from './history.js'

@Module({
  providers: [History],
  exports: [History],
})
export class HistoryModule {}
