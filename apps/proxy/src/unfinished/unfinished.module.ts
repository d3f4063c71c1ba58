import { Module } from '@nestjs/common'
import { Arrivals } from './arrivals.js'

@Module({
  providers: [Arrivals],
  exports: [Arrivals],
})
export class UnfinishedModule {}
