import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { Audited } from './audited.js'
import { GuessLimits } from './guess-limits.js'
import { Passwords } from './passwords.js'
import { SessionAnswers } from './session-answers.js'
import { SessionController } from './session.controller.js'
import { SetUpController } from './set-up.controller.js'

/** How people get into the portal. */
@Module({
  imports: [AccountsModule, CallersModule, CoreSignInModule, GatewayAuditModule],
  controllers: [SessionController, SetUpController],
  providers: [Audited, GuessLimits, Passwords, SessionAnswers],
})
export class SignInModule {}
