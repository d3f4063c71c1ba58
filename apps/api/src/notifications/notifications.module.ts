import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { HostsModule as CoreHostsModule } from '@obb/core/hosts'
import { NotificationsModule as CoreNotificationsModule } from '@obb/core/notifications'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { HostsModule } from '../hosts/hosts.module.js'
import { MailModule } from '../mail/mail.module.js'
import { SignInModule } from '../sign-in/sign-in.module.js'
import { NotificationPreferences } from './notification-preferences.js'
import { NotificationSender } from './notification-sender.js'
import { NotificationWatch } from './notification-watch.js'
import { NotificationsController } from './notifications.controller.js'
import { NotificationsSubject } from './notifications-subject.js'
import { UserNotificationsController } from './user-notifications.controller.js'
import { WebhookClient } from './webhook-client.js'

/** Tells people of what they want to know, by mail and webhook. */
@Module({
  imports: [
    AccountsModule,
    CallersModule,
    CoreHostsModule,
    CoreNotificationsModule,
    GatewayAuditModule,
    HostsModule,
    MailModule,
    SignInModule,
  ],
  controllers: [NotificationsController, UserNotificationsController],
  providers: [
    NotificationPreferences,
    NotificationSender,
    NotificationWatch,
    NotificationsSubject,
    WebhookClient,
  ],
  exports: [NotificationPreferences],
})
export class NotificationsModule {}
