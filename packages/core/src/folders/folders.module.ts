import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { Folders } from './folders.js'

@Module({
  imports: [SecretsModule],
  providers: [Folders],
  exports: [Folders],
})
export class FoldersModule {}
