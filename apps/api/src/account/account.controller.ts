import { Get } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type AccountAnswer, accountSchema } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Clock } from '@obb/core/clock'
import { CurrentCaller, NeverFails } from '../callers/caller.guard.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ExternalApi } from '../http/external-api.js'
import { accountAnswer } from './account-answer.js'
import { AccountLimits } from './account-limits.js'

/** AccountController tells a caller what he may know of his account. */
@ExternalApi()
export class AccountController {
  constructor(
    private readonly clock: Clock,
    private readonly limits: AccountLimits,
  ) {}

  @Get('account')
  @NeverFails()
  @ApiOperation({ operationId: 'External_account', summary: 'Traffic, limits and expiry of this account' })
  @ApiAnswer(accountSchema)
  async account(@CurrentCaller() caller: Caller): Promise<AccountAnswer> {
    const facts = await this.limits.facts(caller.accountId)
    return accountAnswer(caller, facts, this.clock.now())
  }
}
