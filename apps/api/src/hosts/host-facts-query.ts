import { Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { HostUsage } from '@obb/core/traffic'
import { DataSource } from 'typeorm'
import type { HostFacts } from './host-rows.js'

/** Collects what the host rows of one account are made of. */
@Injectable()
export class HostFactsQuery {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
  ) {}

  async facts(accountId: string): Promise<HostFacts> {
    await this.catalog.refresh()
    const [traffic, health, used] = await Promise.all([
      this.pool.trafficByPlatform(),
      this.breaker.all(),
      HostUsage.byPlatform(this.database, this.clock, accountId),
    ])
    const { catalog } = this
    return { policies: catalog.all(), traffic, health, used, settingsChangedAt: catalog.changedAt() }
  }
}
