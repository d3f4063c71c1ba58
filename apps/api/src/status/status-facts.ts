import { Inject, Injectable } from '@nestjs/common'
import {
  type Announcement,
  type Maintenance as MaintenanceAnswer,
  Refusal,
  type StatusAnswer,
  type StatusHost,
  isDegraded,
} from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { type HostHealth, HostHistory, type HostPeriod } from '@obb/core/health'
import { LOG, type Log } from '@obb/core/log'
import { Maintenance, type MaintenanceNow, StatusPage, type StatusPageState } from '@obb/core/status-page'
import { HostFactsQuery } from '../hosts/host-facts-query.js'
import { hostGroups } from '../hosts/host-rows.js'
import { KeptAnswer } from './kept-answer.js'

/** How long it may be until an operator's change is seen at another gateway, ms. */
const PAGE_MS = 10_000
/** How old what is told of hosts may be, ms: it takes four statements. */
const HOSTS_MS = 30_000
/** How old either may be where none can be made, ms. */
const STALE_MS = 600_000
const HOURS = 24
const DAYS = 90

const NO_TIME = { success: null, speed: null }

/** What everybody is told. Kept, so that it costs the database the same however many ask. */
@Injectable()
export class StatusFacts {
  private readonly page: KeptAnswer<StatusPageState>
  private readonly hosts: KeptAnswer<Pick<StatusAnswer, 'hosts' | 'updatedAt'>>

  constructor(
    private readonly clock: Clock,
    statusPage: StatusPage,
    private readonly kept: Maintenance,
    private readonly facts: HostFactsQuery,
    private readonly history: HostHistory,
    @Inject(LOG) log: Log,
  ) {
    const stale = { staleMs: STALE_MS, log }
    this.page = new KeptAnswer(clock, { what: 'page', ms: PAGE_MS, ...stale }, () => statusPage.read())
    this.hosts = new KeptAnswer(clock, { what: 'hosts', ms: HOSTS_MS, ...stale }, () => this.look())
  }

  /** Raises Refusal `resource_unknown` while it is not published. */
  async status(): Promise<StatusAnswer> {
    const page = await this.page.get()
    if (!page.published)
      throw new Refusal('resource_unknown', { details: ['The status page is not published.'] })
    return {
      ...(await this.hosts.get()),
      ...{ announcement: announcementOf(page), maintenance: this.maintenance() },
    }
  }

  async announcement(): Promise<Announcement | null> {
    return announcementOf(await this.page.get())
  }

  maintenance(): MaintenanceAnswer | null {
    const { now } = this.kept
    return now && maintenanceView(now)
  }

  /** The operator has changed the page: it is seen here at once. */
  changed(): void {
    this.page.forget()
  }

  private async look(): Promise<Pick<StatusAnswer, 'hosts' | 'updatedAt'>> {
    const [common, { totals: hours }, { totals: quarter, periods: days }] = await Promise.all([
      this.facts.ofAll(),
      this.history.overview('hour', HOURS),
      this.history.overview('day', DAYS),
    ])
    const now = this.clock.now()
    const { supportedhosts } = hostGroups({ ...common, windows: new Map() }, now)
    const of = (periods: readonly HostPeriod[], platform: string) =>
      periods.find((period) => period.platform === platform)
    const hosts = supportedhosts.map(({ platform, currently_working: isWorking }): StatusHost => {
      const day = of(hours, platform)
      const isBad = day !== undefined && isDegraded(day.succeeded, failedOf(day))
      return {
        platform,
        state: isWorking ? (isBad ? 'degraded' : 'working') : 'down',
        checkedAt: checkedAt(common.health.get(platform)),
        day: didOf(day),
        quarter: didOf(of(quarter, platform)),
        days: days
          .filter((period) => period.platform === platform)
          .map((period) => ({ from: period.from.toISOString(), ...didOf(period) })),
      }
    })
    return { hosts, updatedAt: new Date(now).toISOString() }
  }
}

export function announcementOf({ announcement, announcedAt }: StatusPageState): Announcement | null {
  return announcement && announcedAt ? { texts: announcement, since: announcedAt.toISOString() } : null
}

function failedOf({ failures }: HostPeriod): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0)
}

export function maintenanceView({ since, until, note }: MaintenanceNow): MaintenanceAnswer {
  return { since: since.toISOString(), until: until?.toISOString() ?? null, note }
}

function didOf(period: HostPeriod | undefined): { success: number | null; speed: number | null } {
  if (!period) return NO_TIME
  // To a hundredth: how many there were is nobody's business.
  const share = Math.round((period.succeeded / (period.succeeded + failedOf(period))) * 100) / 100
  return { success: share, speed: period.speed }
}

function checkedAt(health: HostHealth | undefined): string | null {
  const times = [health?.measuredAt, health?.canaryAt].flatMap((at) => (at ? [at.getTime()] : []))
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString()
}
