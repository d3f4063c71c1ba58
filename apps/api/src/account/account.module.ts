import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { FetchesModule } from '@obb/core/fetches'
import { HostsModule } from '@obb/core/hosts'
import { TrafficModule } from '@obb/core/traffic'
import { CallersModule } from '../callers/callers.module.js'
import { AccountController } from './account.controller.js'
import { AccountLimits } from './account-limits.js'
import { KeyUsageController } from './key-usage.controller.js'
import { TrafficController } from './traffic.controller.js'
import { UserRemoval } from './user-removal.js'

@Module({
  imports: [AccountsModule, CallersModule, FetchesModule, HostsModule, TrafficModule],
  controllers: [AccountController, KeyUsageController, TrafficController],
  providers: [AccountLimits, UserRemoval],
  exports: [UserRemoval],
})
export class AccountModule {}
