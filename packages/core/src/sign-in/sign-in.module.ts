import { Module } from '@nestjs/common'
import { Invitations } from './invitations.js'
import { Sessions } from './sessions.js'
import { SignIns } from './sign-ins.js'

@Module({ providers: [Invitations, Sessions, SignIns], exports: [Invitations, Sessions, SignIns] })
export class SignInModule {}
