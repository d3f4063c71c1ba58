import { Injectable } from '@nestjs/common'
import { HostUsage, type UsageFigures } from '@obb/core/traffic'
import { StaleIfError } from './stale-if-error.js'

/** An account's use of the platforms, as it is now or was when the database could last be asked: once per account. */
@Injectable()
export class AccountUse {
  constructor(
    private readonly usage: HostUsage,
    private readonly staleIfError: StaleIfError,
  ) {}

  /** By platform. Raises as `StaleIfError.get`. */
  windows(accountId: string): Promise<ReadonlyMap<string, UsageFigures>> {
    return this.staleIfError.get(`use ${accountId}`, () => this.usage.windows(accountId))
  }
}
