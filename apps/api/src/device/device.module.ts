import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { SignInModule } from '../sign-in/sign-in.module.js'
import { DeviceAnswersController } from './device-answers.controller.js'
import { DeviceController } from './device.controller.js'

/** Keys for clients without a browser (RFC 8628). */
@Module({
  imports: [AccountsModule, CallersModule, CoreSignInModule, GatewayAuditModule, SignInModule],
  controllers: [DeviceController, DeviceAnswersController],
})
export class DeviceModule {}
