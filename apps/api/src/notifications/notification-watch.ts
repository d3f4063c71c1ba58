import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { isBack } from '@obb/core/health'
import { LOG, type Log } from '@obb/core/log'
import { NotificationLooks, Notifications } from '@obb/core/notifications'
import { HostFactsQuery } from '../hosts/host-facts-query.js'
import { hostGroups } from '../hosts/host-rows.js'
import { MailSettings } from '../mail/mail-settings.js'
import { Watch } from '../watch.js'

/** Between two looks, ms. */
const LOOK_MS = 5_000
/** Between two looks at how hosts do, ms. */
const HOSTS_MS = 30_000
/** Between two times that what is old is removed, ms. */
const FORGET_MS = 3_600_000

/** Looks at what happened, and writes down whom to tell of it; a sender does the rest. */
@Injectable()
export class NotificationWatch extends Watch {
  private hostsAt = Number.NEGATIVE_INFINITY
  private forgotAt: number

  constructor(
    private readonly looks: NotificationLooks,
    private readonly notifications: Notifications,
    private readonly facts: HostFactsQuery,
    private readonly mail: MailSettings,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(LOOK_MS, log, 'notifications: not looked at to the end')
    this.forgotAt = clock.now()
  }

  protected override async lookOnce(): Promise<void> {
    const now = this.clock.now()
    await this.looks.look(this.mail.channels)
    if (now - this.hostsAt >= HOSTS_MS) await this.lookAtHosts(now)
    if (now - this.forgotAt >= FORGET_MS) await this.forgetOld(now)
  }

  private async lookAtHosts(now: number): Promise<void> {
    this.hostsAt = now
    const wished = await this.looks.wishedHosts()
    if (wished.length === 0) return
    const facts = await this.facts.ofAll()
    const { supportedhosts } = hostGroups({ ...facts, windows: new Map() }, now)
    const back = supportedhosts
      .filter(({ platform, currently_working: works }) => works && isBack(facts.health.get(platform), now))
      .map(({ platform }) => platform)
      .filter((platform) => wished.includes(platform))
    if (back.length > 0) await this.looks.hostsAreBack(back, this.mail.channels)
  }

  private async forgetOld(now: number): Promise<void> {
    this.forgotAt = now
    await this.notifications.forgetOld()
  }
}
