import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { Files } from './files.js'
import { HashStates } from './hash-states.js'
import { StoredFiles } from './stored-files.js'

@Module({
  imports: [SecretsModule],
  providers: [Files, HashStates, StoredFiles],
  exports: [Files, HashStates, StoredFiles],
})
export class FilesModule {}
