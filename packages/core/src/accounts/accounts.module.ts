import { Module } from '@nestjs/common'
import { Accounts } from './accounts.js'
import { ApiKeys } from './api-keys.js'
import { KeyUses } from './key-uses.js'
import { Operators } from './operators.js'

@Module({
  providers: [Accounts, ApiKeys, KeyUses, Operators],
  exports: [Accounts, ApiKeys, KeyUses, Operators],
})
export class AccountsModule {}
