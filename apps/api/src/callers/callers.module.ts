import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { CONFIG, type Config } from '@obb/core/config'
import { OriginModule } from '@obb/core/origin'
import { SharedBucketsModule } from '@obb/core/shared-buckets'
import { SignInModule } from '@obb/core/sign-in'
import { TrafficModule } from '@obb/core/traffic'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { AccountUse } from './account-use.js'
import { Callers } from './callers.js'
import { KeyUseWriting } from './key-use-writing.js'
import { LimitSettling } from './limit-settling.js'
import { OwnOrigin } from './own-origin.js'
import { PortalSessions } from './portal-sessions.js'
import { StaleIfError } from './stale-if-error.js'
import { RATE_LIMIT, RateLimits } from './rate-limits.js'

/** Who asks, and how often he may. Whoever has routes of the external API imports it, for its guard. */
@Module({
  imports: [
    AccountsModule,
    GatewayAuditModule,
    OriginModule,
    SharedBucketsModule,
    SignInModule,
    TrafficModule,
  ],
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
    OwnOrigin,
    PortalSessions,
    Callers,
  ],
  exports: [RateLimits, StaleIfError, AccountUse, OwnOrigin, PortalSessions, Callers],
})
export class CallersModule {}
