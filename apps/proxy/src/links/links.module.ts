import { Module } from '@nestjs/common'
import { FileUses } from './file-uses.js'
import { LinkConnectionLimit } from './link-connection-limit.js'
import { ShareAdmission } from './share-admission.js'

@Module({
  providers: [FileUses, LinkConnectionLimit, ShareAdmission],
  exports: [FileUses, LinkConnectionLimit, ShareAdmission],
})
export class LinksModule {}
