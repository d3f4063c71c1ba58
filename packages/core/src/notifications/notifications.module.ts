import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { FindingLooks } from './finding-looks.js'
import { NotificationLooks } from './notification-look.js'
import { NotificationSettings } from './notification-settings.js'
import { Notifications } from './notifications.js'

const PROVIDERS = [FindingLooks, NotificationLooks, NotificationSettings, Notifications]

@Module({ imports: [SecretsModule], providers: PROVIDERS, exports: PROVIDERS })
export class NotificationsModule {}
