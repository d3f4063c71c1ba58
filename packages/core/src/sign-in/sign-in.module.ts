import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { Invitations } from './invitations.js'
import { PasskeyChallenges } from './passkey-challenges.js'
import { Passkeys } from './passkeys.js'
import { SecondFactors } from './second-factors.js'
import { Sessions } from './sessions.js'
import { SignIns } from './sign-ins.js'

const SERVICES = [Invitations, PasskeyChallenges, Passkeys, SecondFactors, Sessions, SignIns]

@Module({ imports: [SecretsModule], providers: SERVICES, exports: SERVICES })
export class SignInModule {}
