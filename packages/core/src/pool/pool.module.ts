import { Module } from '@nestjs/common'
import { SecretsModule } from '../secrets/index.js'
import { AccountPool } from './account-pool.js'
import { AccountRegister } from './account-register.js'
import { AccountTrials } from './account-trials.js'
import { PgSessions } from './pg-sessions.js'

@Module({
  imports: [SecretsModule],
  providers: [AccountPool, { provide: AccountRegister, useExisting: AccountPool }, AccountTrials, PgSessions],
  exports: [AccountPool, AccountTrials, PgSessions],
})
export class PoolModule {}
