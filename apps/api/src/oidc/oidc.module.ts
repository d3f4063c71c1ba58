import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { SignInModule as CoreSignInModule } from '@obb/core/sign-in'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { SignInModule } from '../sign-in/sign-in.module.js'
import { LinkedIdentityController } from './linked-identity.controller.js'
import { OidcAccounts } from './oidc-accounts.js'
import { OidcAttemptCookies } from './oidc-attempt-cookies.js'
import { OidcProvider } from './oidc-provider.js'
import { OidcController } from './oidc.controller.js'

/** Sign-in at an OpenID provider. */
@Module({
  imports: [AccountsModule, CallersModule, CoreSignInModule, GatewayAuditModule, SignInModule],
  controllers: [OidcController, LinkedIdentityController],
  providers: [OidcAccounts, OidcAttemptCookies, OidcProvider],
  exports: [OidcProvider],
})
export class OidcModule {}
