import { Module } from '@nestjs/common'
import { Accounts } from './accounts.js'
import { ApiKeys } from './api-keys.js'
import { KeyUses } from './key-uses.js'

@Module({
  providers: [Accounts, ApiKeys, KeyUses],
  exports: [Accounts, ApiKeys, KeyUses],
})
export class AccountsModule {}
