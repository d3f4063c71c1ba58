import { Module } from '@nestjs/common'
import { CONFIG, type Config } from '../config/index.js'
import { Vault } from './vault.js'

@Module({
  providers: [
    {
      provide: Vault,
      inject: [CONFIG],
      useFactory: (config: Pick<Config, 'SECRETS_KEY' | 'SECRETS_KEYS_OLD'>) =>
        new Vault(config.SECRETS_KEY, config.SECRETS_KEYS_OLD),
    },
  ],
  exports: [Vault],
})
export class SecretsModule {}
