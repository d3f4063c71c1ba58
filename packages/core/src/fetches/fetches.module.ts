import { Module } from '@nestjs/common'
import { Fetches } from './fetches.js'

@Module({
  providers: [Fetches],
  exports: [Fetches],
})
export class FetchesModule {}
