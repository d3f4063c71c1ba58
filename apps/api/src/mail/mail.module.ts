import { Module } from '@nestjs/common'
import { MailModule as CoreMailModule } from '@obb/core/mail'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { Mailer } from './mailer.js'
import { MailController, MailSubject } from './mail.controller.js'
import { MailSender } from './mail-sender.js'
import { MailSettings } from './mail-settings.js'

/** Mails to people, by the operator's mail server. */
@Module({
  imports: [CallersModule, CoreMailModule, CoreSignInModule, GatewayAuditModule],
  controllers: [MailController],
  providers: [Mailer, MailSender, MailSettings, MailSubject],
  exports: [CoreMailModule, Mailer, MailSender, MailSettings],
})
export class MailModule {}
