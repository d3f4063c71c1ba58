import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { Invitations } from './invitations.js'
import { SecondFactors } from './second-factors.js'
import { Sessions } from './sessions.js'
import { SignIns } from './sign-ins.js'

const SERVICES = [Invitations, SecondFactors, Sessions, SignIns]

@Module({ imports: [SecretsModule], providers: SERVICES, exports: SERVICES })
export class SignInModule {}
