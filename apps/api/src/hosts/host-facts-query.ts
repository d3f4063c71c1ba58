import { Injectable } from '@nestjs/common'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { AccountUse } from '../callers/account-use.js'
import { StaleIfError } from '../callers/stale-if-error.js'
import type { HostFacts } from './host-rows.js'

/** Collects what host rows are made of. Only an account's use is its own: all else is kept once, for all of them. */
@Injectable()
export class HostFactsQuery {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
    private readonly use: AccountUse,
    private readonly staleIfError: StaleIfError,
  ) {}

  /** As they are now, or were when the database could last be asked. Raises as `StaleIfError.get`. */
  async facts(accountId: string): Promise<HostFacts> {
    const [platforms, windows] = await Promise.all([this.ofAll(), this.use.windows(accountId)])
    return { ...platforms, windows }
  }

  /** What is the same for everybody. Raises as `StaleIfError.get`. */
  ofAll(): Promise<Omit<HostFacts, 'windows'>> {
    return this.staleIfError.get('hosts', () => this.platforms())
  }

  private async platforms(): Promise<Omit<HostFacts, 'windows'>> {
    await this.catalog.refresh()
    const [traffic, health] = await Promise.all([this.pool.trafficByPlatform(), this.breaker.all()])
    const { catalog } = this
    return { policies: catalog.all(), traffic, health, settingsChangedAt: catalog.changedAt() }
  }
}
