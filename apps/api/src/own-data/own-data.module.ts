import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { LinksModule } from '@obb/core/links'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { TrafficModule } from '@obb/core/traffic'
import { AccountModule } from '../account/account.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { NotificationsModule } from '../notifications/notifications.module.js'
import { SignInModule } from '../sign-in/sign-in.module.js'
import { OwnAccountController } from './own-account.controller.js'
import { OwnDataController } from './own-data.controller.js'
import { OwnDataExport } from './own-data-export.js'

/** What people may do with all that is known of them: take it along, and have it removed. */
@Module({
  imports: [
    ...[AccountModule, AccountsModule, CallersModule, CoreSignInModule],
    ...[LinksModule, NotificationsModule, SignInModule, TrafficModule],
  ],
  controllers: [OwnAccountController, OwnDataController],
  providers: [OwnDataExport],
})
export class OwnDataModule {}
