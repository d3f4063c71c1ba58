import { Module } from '@nestjs/common'
import { BlockList } from './block-list.js'

@Module({
  providers: [BlockList],
  exports: [BlockList],
})
export class BlocksModule {}
