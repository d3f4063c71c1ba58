import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common'
import type { NotificationChannel } from '@obb/contracts'
import { LOG, type Log } from '@obb/core/log'
import { notificationsHandled } from '@obb/core/metrics'
import { type DueNotifications, NotificationSettings, Notifications } from '@obb/core/notifications'
import { Loop, logFault } from '../loop.js'
import { MailFault, Mailer } from '../mail/mailer.js'
import { MailSettings } from '../mail/mail-settings.js'
import { composeNotifications } from './compose-notifications.js'
import { toldEvent } from './told-event.js'
import { WebhookClient, WebhookFault } from './webhook-client.js'

/** Between two looks at what is due, ms. */
const LOOK_MS = 5_000
/** Webhooks that are sent at once, each to another account: one that is slow holds up no other. */
const AT_ONCE = 4
/** After so long, those who have more than one to be told let others go first, ms. */
const ROUND_MS = 10_000
/** Events in one mail. */
const IN_ONE_MAIL = 50

/** Tells people what was written down for them; what a process that dies was sending is sent again by another one. */
@Injectable()
export class NotificationSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly mails = new Loop(() => this.sendMails(), LOOK_MS)
  private readonly webhooks = new Loop(() => this.sendWebhooks(), LOOK_MS)

  constructor(
    private readonly notifications: Notifications,
    private readonly settings: NotificationSettings,
    private readonly client: WebhookClient,
    private readonly mailer: Mailer,
    private readonly mail: MailSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.webhooks.start()
    if (this.mail.areOn) this.mails.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.webhooks.stop(), this.mails.stop()])
  }

  /** Sends all that is due, for as long as a round takes. */
  async sendDue(): Promise<void> {
    await Promise.all([this.webhooks.run(), ...(this.mail.areOn ? [this.mails.run()] : [])])
  }

  private sendMails(): Promise<void> {
    return this.round('mail', { atOnce: 1, together: IN_ONE_MAIL }, (due) => this.sendMail(due))
  }

  private sendWebhooks(): Promise<void> {
    return this.round('webhook', { atOnce: AT_ONCE, together: 1 }, (due) => this.sendWebhook(due))
  }

  /** `atOnce`: accounts that are told at the same time; `together`: what one of them is told in one go. */
  private async round(
    channel: NotificationChannel,
    { atOnce, together }: { atOnce: number; together: number },
    send: (due: DueNotifications) => Promise<void>,
  ): Promise<void> {
    const until = performance.now() + ROUND_MS
    const busy = new Map<string, Promise<void>>()
    await this.logged(async () => {
      const quiet = await this.notifications.quietAccounts(channel)
      while (!this.webhooks.stops && performance.now() < until) {
        const due =
          busy.size < atOnce
            ? await this.notifications.take(channel, together, [...quiet, ...busy.keys()])
            : undefined
        if (due !== undefined) {
          const sending = this.logged(() => send(due)).finally(() => busy.delete(due.accountId))
          busy.set(due.accountId, sending)
        } else if (busy.size === 0) return
        else await Promise.race(busy.values()) // who is at it may have more to be told
      }
    })
    await Promise.all(busy.values())
  }

  /** Does what it can: what is not done is due again. */
  private async logged(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      logFault(this.log, error, 'notifications: not all were sent')
    }
  }

  private async sendWebhook(due: DueNotifications): Promise<void> {
    const [{ accountId, email }, item] = [due, due.items[0]!]
    const webhook = item.mayBeTold ? await this.settings.webhook(accountId) : undefined
    if (webhook === undefined) return this.finish(due, 'needless')
    const { event, data } = toldEvent(item, 'en', this.mail.portalUrl)
    try {
      await this.client.send(webhook, { id: item.id, type: event, at: item.happenedAt, data })
    } catch (error) {
      if (!(error instanceof WebhookFault)) throw error
      this.log.warn({ email, reason: error.message }, 'notifications: a webhook was not taken')
      return this.count(due, await this.notifications.webhookFails(accountId, error.message))
    }
    await this.finish(due, 'sent')
    await this.notifications.webhookWorks(accountId)
  }

  private async sendMail(all: DueNotifications): Promise<void> {
    const needless = all.items.filter(({ mayBeTold }) => !mayBeTold)
    if (needless.length > 0) await this.finish({ ...all, items: needless }, 'needless')
    const items = all.items.filter(({ mayBeTold }) => mayBeTold)
    if (items.length === 0) return
    const due = { ...all, items }
    const { email, language } = due
    try {
      const content = composeNotifications(items, language ?? 'en', this.mail.baseUrl)
      await this.mailer.send(items[0]!.id, email, content)
    } catch (error) {
      if (!(error instanceof MailFault)) throw error
      this.log.warn({ email, reason: error.message }, 'notifications: a mail was not taken')
      if (error.isFinal) return this.finish(due, 'given_up')
      return this.count(due, await this.notifications.postpone(due))
    }
    await this.finish(due, 'sent')
  }

  private async finish(due: DueNotifications, outcome: 'sent' | 'needless' | 'given_up'): Promise<void> {
    await this.notifications.finish(
      due.items.map(({ id }) => id),
      outcome,
    )
    notificationsHandled.inc({ channel: due.channel, outcome }, due.items.length)
  }

  private count({ channel, email, items }: DueNotifications, givenUp: number): void {
    notificationsHandled.inc({ channel, outcome: 'failed' }, items.length)
    if (givenUp === 0) return
    notificationsHandled.inc({ channel, outcome: 'given_up' }, givenUp)
    this.log.warn({ channel, email, count: givenUp }, 'notifications: given up')
  }
}
