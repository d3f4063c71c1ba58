import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { LinksModule } from '@obb/core/links'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { TrafficModule } from '@obb/core/traffic'
import { CallersModule } from '../callers/callers.module.js'
import { OwnDataController } from './own-data.controller.js'
import { OwnDataExport } from './own-data-export.js'

/** What people take with them of what is known of them. */
@Module({
  imports: [AccountsModule, CallersModule, CoreSignInModule, LinksModule, TrafficModule],
  controllers: [OwnDataController],
  providers: [OwnDataExport],
})
export class OwnDataModule {}
