import { Controller, Get, Query, UseGuards } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import {
  type KeyUsageAnswer,
  PORTAL_API,
  type UsageQuery,
  keyUsageSchema,
  usageQuerySchema,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { KeyUsage, type UsedByKey } from '@obb/core/traffic'
import { CallerGuard, CurrentCaller, Limited } from '../callers/caller.guard.js'
import { ApiAnswer } from '../http/api-answer.js'

/** What each key of who is signed in used. For people alone: a key is told nothing of the others. */
@Controller(PORTAL_API)
@UseGuards(CallerGuard)
@ApiExcludeController()
export class KeyUsageController {
  constructor(private readonly keyUsage: KeyUsage) {}

  @Get('usage/keys')
  @Limited('general')
  @ApiAnswer(keyUsageSchema)
  async usage(
    @CurrentCaller() { accountId }: Caller,
    @Query({ schema: usageQuerySchema }) { days }: UsageQuery,
  ): Promise<KeyUsageAnswer> {
    return { keys: (await this.keyUsage.byKey(accountId, days)).map(usedByKeyView) }
  }
}

export function usedByKeyView({ keyName, chargedAt, ...used }: UsedByKey): KeyUsageAnswer['keys'][number] {
  return { ...used, key: keyName, chargedAt: chargedAt.toISOString() }
}
