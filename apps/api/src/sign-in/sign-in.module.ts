import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { OriginModule } from '@obb/core/origin'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { UserSubject } from '../audit/audit-subjects.js'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { Audited } from './audited.js'
import { InvitationSubject } from './audit-subjects.js'
import { ConfirmationCheck } from './confirmation-check.js'
import { MailModule } from '../mail/mail.module.js'
import { GuessLimits } from './guess-limits.js'
import { InvitationsController } from './invitations.controller.js'
import { PasskeyCheck } from './passkey-check.js'
import { PasskeyMaking } from './passkey-making.js'
import { PasskeySessionController } from './passkey-session.controller.js'
import { PasskeysController } from './passkeys.controller.js'
import { PasswordCheck } from './password-check.js'
import { Passwords } from './passwords.js'
import { PortalPages } from './portal-pages.js'
import { ProfileController } from './profile.controller.js'
import { RelyingParty } from './relying-party.js'
import { ResetRequestController } from './reset-request.controller.js'
import { SecondFactorCheck } from './second-factor-check.js'
import { SessionAnswers } from './session-answers.js'
import { SessionController } from './session.controller.js'
import { SetUpController } from './set-up.controller.js'
import { SignInUpkeep } from './sign-in-upkeep.js'
import { SignUpController } from './sign-up.controller.js'
import { TotpController } from './totp.controller.js'
import { UserSignInController } from './user-sign-in.controller.js'
import { ViewAsController, ViewController } from './view.controller.js'

/** How people get into the portal. */
@Module({
  imports: [AccountsModule, CallersModule, CoreSignInModule, GatewayAuditModule, MailModule, OriginModule],
  controllers: [
    SessionController,
    PasskeySessionController,
    SetUpController,
    SignUpController,
    ResetRequestController,
    ProfileController,
    TotpController,
    PasskeysController,
    InvitationsController,
    UserSignInController,
    ViewAsController,
    ViewController,
  ],
  providers: [
    Audited,
    ConfirmationCheck,
    GuessLimits,
    InvitationSubject,
    PasskeyCheck,
    PasskeyMaking,
    PasswordCheck,
    Passwords,
    PortalPages,
    RelyingParty,
    SecondFactorCheck,
    SessionAnswers,
    SignInUpkeep,
    UserSubject,
  ],
  exports: [Audited, ConfirmationCheck, GuessLimits, PortalPages],
})
export class SignInModule {}
