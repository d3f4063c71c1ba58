import { Module } from '@nestjs/common'
import { FileUses } from './file-uses.js'
import { LinkConnectionLimit } from './link-connection-limit.js'

@Module({
  providers: [FileUses, LinkConnectionLimit],
  exports: [FileUses, LinkConnectionLimit],
})
export class LinksModule {}
