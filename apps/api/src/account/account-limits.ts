import { Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { HostCatalog } from '@obb/core/hosts'
import { HostUsage } from '@obb/core/traffic'
import { DataSource } from 'typeorm'
import type { LimitFacts } from './account-answer.js'
import { StaleIfError, isPassingFailure } from '../callers/stale-if-error.js'

/** An account's use of the platforms, as it is now or was when the database could last be asked. */
@Injectable()
export class AccountLimits {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly catalog: HostCatalog,
    private readonly staleIfError: StaleIfError,
  ) {}

  /** undefined if it cannot be told now and was not before: the rest of the account's answer does not fail. */
  async facts(accountId: string): Promise<LimitFacts | undefined> {
    try {
      return await this.staleIfError.get(`limits ${accountId}`, () => this.read(accountId))
    } catch (error) {
      if (isPassingFailure(error)) return undefined
      throw error
    }
  }

  private async read(accountId: string): Promise<LimitFacts> {
    await this.catalog.refresh()
    const enabled = this.catalog.all().filter((policy) => policy.enabled)
    const windows = await HostUsage.windows(this.database, this.clock, accountId)
    return { platforms: enabled.map((policy) => policy.platform), windows }
  }
}
