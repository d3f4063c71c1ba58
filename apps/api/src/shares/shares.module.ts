import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { LinksModule as CoreLinksModule } from '@obb/core/links'
import { CallersModule } from '../callers/callers.module.js'
import { LinksModule } from '../links/links.module.js'
import { SignInModule } from '../sign-in/sign-in.module.js'
import { SharesController } from './shares.controller.js'

/** Links that their accounts share with others. */
@Module({
  imports: [AccountsModule, CallersModule, CoreLinksModule, LinksModule, SignInModule],
  controllers: [SharesController],
})
export class SharesModule {}
