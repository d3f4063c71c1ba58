import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { CONFIG, type Config } from '@obb/core/config'
import { SharedBucketsModule } from '@obb/core/shared-buckets'
import { TrafficModule } from '@obb/core/traffic'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { AccountUse } from './account-use.js'
import { Callers } from './callers.js'
import { KeyUseWriting } from './key-use-writing.js'
import { LimitSettling } from './limit-settling.js'
import { StaleIfError } from './stale-if-error.js'
import { RATE_LIMIT, RateLimits } from './rate-limits.js'

/** Who asks, and how often he may. Whoever has routes of the external API imports it, for its guard. */
@Module({
  imports: [AccountsModule, GatewayAuditModule, SharedBucketsModule, TrafficModule],
  providers: [
    {
      provide: RATE_LIMIT,
      inject: [CONFIG],
      useFactory: (config: Pick<Config, 'RATE_LIMIT'>) => config.RATE_LIMIT,
    },
    RateLimits,
    LimitSettling,
    KeyUseWriting,
    StaleIfError,
    AccountUse,
    Callers,
  ],
  exports: [RateLimits, StaleIfError, AccountUse, Callers],
})
export class CallersModule {}
