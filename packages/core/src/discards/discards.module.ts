import { Module } from '@nestjs/common'
import { Discards } from './discards.js'

@Module({
  providers: [Discards],
  exports: [Discards],
})
export class DiscardsModule {}
