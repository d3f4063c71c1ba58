import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import {
  type Language,
  type NotificationChannel,
  type NotificationTested,
  type NotificationsChange,
  type NotificationsChanged,
  type NotificationsView,
  Refusal,
} from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { HostCatalog } from '@obb/core/hosts'
import { NotificationSettings, Notifications } from '@obb/core/notifications'
import { assertTaken } from '../callers/rate-limits.js'
import { TokenBuckets } from '../callers/token-buckets.js'
import { composeMail } from '../mail/compose-mail.js'
import { MailFault, Mailer } from '../mail/mailer.js'
import { MailSettings } from '../mail/mail-settings.js'
import { WebhookClient, WebhookFault } from './webhook-client.js'

/** Tests of one account: each asks somebody else's server for something. */
const TESTS = { burst: 5, perMinute: 5 }

/** Whom a test is for. */
export interface Addressee {
  id: string
  email: string
}

/** What an account is told of, for itself and for operators. */
@Injectable()
export class NotificationPreferences {
  private readonly tests: TokenBuckets

  constructor(
    private readonly settings: NotificationSettings,
    private readonly notifications: Notifications,
    private readonly catalog: HostCatalog,
    private readonly client: WebhookClient,
    private readonly mailer: Mailer,
    private readonly mail: MailSettings,
    clock: Clock,
  ) {
    this.tests = new TokenBuckets(clock, TESTS.burst, TESTS.perMinute)
  }

  async view(accountId: string): Promise<NotificationsView> {
    const { events, webhook, hosts, quiet } = await this.settings.read(accountId)
    return {
      ...{ events, mail: this.mail.areOn, hosts, quiet },
      webhook: webhook && {
        origin: new URL(webhook.url).origin,
        failingSince: webhook.failingSince?.toISOString() ?? null,
        error: webhook.error,
      },
    }
  }

  /**
   * Raises `request_invalid` for a URL that webhooks never go to, and where there is none; `mail_off` where mails are
   * wanted and cannot be sent, `resource_unknown` for a platform that is none.
   */
  async change(
    accountId: string,
    { events = {}, webhook, rotateSecret, hosts = {}, quiet }: NotificationsChange,
  ): Promise<NotificationsChanged> {
    if (Object.values(events).some((channels) => channels?.includes('mail'))) this.mail.assertOn()
    const fault = webhook ? this.client.faultOf(webhook) : undefined
    if (fault !== undefined) throw new Refusal('request_invalid', { details: [`webhook: ${fault}`] })
    const named = Object.entries(hosts).map(([name, wanted]) => [this.catalog.get(name).platform, wanted])
    const secret = await this.settings.set(accountId, {
      events: Object.fromEntries(Object.entries(events).filter(([, channels]) => channels !== undefined)),
      ...{ webhook, rotateSecret, quiet, hosts: Object.fromEntries(named) as Record<string, boolean> },
    })
    return { ...(await this.view(accountId)), ...(secret === undefined ? {} : { secret }) }
  }

  /** Sends a test at once. Raises `rate_limited`, `mail_off`, and `request_invalid` where there is no webhook. */
  async test(to: Addressee, channel: NotificationChannel, language: Language): Promise<NotificationTested> {
    assertTaken(this.tests.take(to.id))
    try {
      await (channel === 'mail' ? this.testMail(to.email, language) : this.testWebhook(to.id))
      return { sent: true, error: null }
    } catch (error) {
      if (error instanceof MailFault || error instanceof WebhookFault)
        return { sent: false, error: error.message }
      throw error
    }
  }

  private async testMail(email: string, language: Language): Promise<void> {
    const { baseUrl } = this.mail
    await this.mailer.send(randomUUID(), email, composeMail('test', language, { baseUrl }))
  }

  private async testWebhook(accountId: string): Promise<void> {
    const webhook = await this.settings.webhook(accountId)
    if (webhook === undefined)
      throw new Refusal('request_invalid', { details: ['channel: there is no webhook'] })
    await this.client.sendTest(webhook)
    await this.notifications.webhookWorks(accountId)
  }
}
