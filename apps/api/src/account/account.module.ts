import { Module } from '@nestjs/common'
import { HostsModule } from '@obb/core/hosts'
import { TrafficModule } from '@obb/core/traffic'
import { CallersModule } from '../callers/callers.module.js'
import { AccountController } from './account.controller.js'
import { AccountLimits } from './account-limits.js'
import { TrafficController } from './traffic.controller.js'

@Module({
  imports: [CallersModule, HostsModule, TrafficModule],
  controllers: [AccountController, TrafficController],
  providers: [AccountLimits],
})
export class AccountModule {}
