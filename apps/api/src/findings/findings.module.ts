import { Module } from '@nestjs/common'
import { LevelsModule } from '@obb/core/levels'
import { NotificationsModule } from '@obb/core/notifications'
import { PoolModule } from '@obb/core/pool'
import { SecretsModule } from '@obb/core/secrets'
import { StoreStateModule } from '@obb/core/store-state'
import { SupportModule } from '@obb/core/support'
import { AdminModule } from '../admin/admin.module.js'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { MailModule } from '../mail/mail.module.js'
import { OperationModule } from '../operation/operation.module.js'
import { FindingFacts } from './finding-facts.js'
import { FindingWatch } from './finding-watch.js'
import { SupportController } from './support.controller.js'

/** What needs a human: found for those who do not look at the overview. */
@Module({
  imports: [
    AdminModule,
    CallersModule,
    GatewayAuditModule,
    LevelsModule,
    MailModule,
    NotificationsModule,
    OperationModule,
    PoolModule,
    SecretsModule,
    StoreStateModule,
    SupportModule,
  ],
  controllers: [SupportController],
  providers: [FindingFacts, FindingWatch],
})
export class FindingsModule {}
