import { Module } from '@nestjs/common'
import { FileUses } from './file-uses.js'
import { Places } from './places.js'

@Module({
  providers: [FileUses, Places],
  exports: [FileUses, Places],
})
export class LinksModule {}
