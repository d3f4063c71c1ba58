import { Module } from '@nestjs/common'
import { UnfinishedDownloads } from './unfinished-downloads.js'

@Module({
  providers: [UnfinishedDownloads],
  exports: [UnfinishedDownloads],
})
export class UnfinishedModule {}
