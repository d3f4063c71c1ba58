import { Module } from '@nestjs/common'
import { BlocksModule } from '../blocks/index.js'
import { FilesModule } from '../files/index.js'
import { FoldersModule } from '../folders/index.js'
import { PoolModule } from '../pool/index.js'
import { Quarantine } from './quarantine.js'

@Module({
  imports: [BlocksModule, FilesModule, FoldersModule, PoolModule],
  providers: [Quarantine],
  exports: [Quarantine],
})
export class QuarantineModule {}
