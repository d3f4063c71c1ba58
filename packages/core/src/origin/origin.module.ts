import { Module } from '@nestjs/common'
import { CONFIG, type Config } from '../config/index.js'
import { Forwarding } from './forwarding.js'

@Module({
  providers: [
    {
      provide: Forwarding,
      inject: [CONFIG],
      useFactory: (config: Pick<Config, 'TRUSTED_PROXIES'>) => new Forwarding(config.TRUSTED_PROXIES),
    },
  ],
  exports: [Forwarding],
})
export class OriginModule {}
