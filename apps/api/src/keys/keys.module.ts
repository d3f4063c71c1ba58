import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { SignInModule } from '../sign-in/sign-in.module.js'
import { KeysController } from './keys.controller.js'

/** Keys, as people manage their own. */
@Module({
  imports: [AccountsModule, CallersModule, GatewayAuditModule, SignInModule],
  controllers: [KeysController],
})
export class KeysModule {}
