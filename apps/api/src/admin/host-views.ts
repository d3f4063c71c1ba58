import { Injectable } from '@nestjs/common'
import type { HostView } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog, type HostPolicy } from '@obb/core/hosts'
import { Levels } from '@obb/core/levels'
import { AccountPool } from '@obb/core/pool'
import { hostView } from './views.js'

/** Platforms as operators see them: settings, accounts and how they do. */
@Injectable()
export class HostViews {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
    private readonly levels: Levels,
    private readonly clock: Clock,
  ) {}

  async all(): Promise<HostView[]> {
    await this.catalog.refresh()
    return this.of(this.catalog.all())
  }

  /** Raises `resource_unknown` for a platform that is none. */
  async one(platform: string): Promise<HostView> {
    await this.catalog.refresh()
    const [view] = await this.of([this.catalog.get(platform)])
    if (!view) throw new Error('a platform without a view')
    return view
  }

  private async of(policies: readonly HostPolicy[]): Promise<HostView[]> {
    const [traffic, health, paces] = await Promise.all([
      this.pool.trafficByPlatform(),
      this.breaker.all(),
      this.levels.paces(),
    ])
    return policies.map((policy) =>
      hostView(policy, {
        traffic: traffic.get(policy.platform),
        use: paces.hosts.get(policy.platform),
        health: health.get(policy.platform),
        now: this.clock.now(),
      }),
    )
  }
}
