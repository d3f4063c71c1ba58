import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { Mails } from './mails.js'

@Module({ imports: [SecretsModule], providers: [Mails], exports: [Mails] })
export class MailModule {}
