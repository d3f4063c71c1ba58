import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { DeviceGrants } from './device-grants.js'
import { Invitations } from './invitations.js'
import { LinkedIdentities } from './linked-identities.js'
import { OidcAttempts } from './oidc-attempts.js'
import { SecondFactors } from './second-factors.js'
import { Sessions } from './sessions.js'
import { SignIns } from './sign-ins.js'

const SERVICES = [DeviceGrants, Invitations, LinkedIdentities, OidcAttempts, SecondFactors, Sessions, SignIns]

@Module({ imports: [SecretsModule], providers: SERVICES, exports: SERVICES })
export class SignInModule {}
