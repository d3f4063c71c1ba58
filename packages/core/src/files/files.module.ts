import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { Files } from './files.js'
import { HashStates } from './hash-states.js'
import { StoredBytes } from './stored-bytes.js'
import { StoredFiles } from './stored-files.js'

@Module({
  imports: [SecretsModule],
  providers: [Files, HashStates, StoredBytes, StoredFiles],
  exports: [Files, HashStates, StoredBytes, StoredFiles],
})
export class FilesModule {}
