import { Injectable } from '@nestjs/common'
import { HostCatalog } from '@obb/core/hosts'
import type { LimitFacts } from './account-answer.js'
import { AccountUse } from '../callers/account-use.js'
import { StaleIfError, isPassingFailure } from '../callers/stale-if-error.js'

/** What the limits of an account are made of. */
@Injectable()
export class AccountLimits {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly use: AccountUse,
    private readonly staleIfError: StaleIfError,
  ) {}

  /** undefined if it cannot be told now and was not before: the rest of the account's answer does not fail. */
  async facts(accountId: string): Promise<LimitFacts | undefined> {
    try {
      const [platforms, windows] = await Promise.all([
        this.staleIfError.get('platforms', () => this.platforms()),
        this.use.windows(accountId),
      ])
      return { platforms, windows }
    } catch (error) {
      if (isPassingFailure(error)) return undefined
      throw error
    }
  }

  /** Those that are switched on. */
  private async platforms(): Promise<string[]> {
    await this.catalog.refresh()
    return this.catalog.all().flatMap(({ enabled, platform }) => (enabled ? [platform] : []))
  }
}
