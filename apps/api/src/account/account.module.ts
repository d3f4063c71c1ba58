import { Module } from '@nestjs/common'
import { HostsModule } from '@obb/core/hosts'
import { CallersModule } from '../callers/callers.module.js'
import { AccountController } from './account.controller.js'
import { AccountLimits } from './account-limits.js'

@Module({
  imports: [CallersModule, HostsModule],
  controllers: [AccountController],
  providers: [AccountLimits],
})
export class AccountModule {}
