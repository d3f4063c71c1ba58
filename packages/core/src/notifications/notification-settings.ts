import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import {
  NOTIFICATION_EVENTS,
  type NotificationChannel,
  type NotificationEvent,
  OPERATOR_EVENTS,
  type QuietHours,
  Refusal,
} from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { lockNotifications, transaction } from '../locks/index.js'
import { SEALED, SealError, Vault } from '../secrets/index.js'

/** Where webhooks of an account go, and by what they are signed. */
export interface Webhook {
  url: string
  /** `whsec_` and Base64, as of Standard Webhooks. */
  secret: string
}

export type EventChannels = Record<NotificationEvent, NotificationChannel[]>

/** What an account is told of, and how. */
export interface OwnNotifications {
  events: EventChannels
  webhook: { url: string; failingSince: Date | null; error: string | null } | null
  /** Platforms of which to tell when they work again. */
  hosts: string[]
  quiet: QuietHours | null
}

/** What is left out stays. */
export interface NotificationsSet {
  events?: Partial<EventChannels> | undefined
  /** A URL; null: none any more. */
  webhook?: string | null | undefined
  rotateSecret?: boolean | undefined
  /** By platform, whether to tell when it works again. */
  hosts?: Readonly<Record<string, boolean>> | undefined
  /** null: none any more. */
  quiet?: QuietHours | null | undefined
}

/** Whether the account `$1` is an operator's. */
const IS_OPERATOR = `EXISTS (SELECT FROM account WHERE id = $1 AND role = 'operator')`

/** Bytes of a secret that signs. */
const SECRET_BYTES = 32

/** What people want to be told of. */
@Injectable()
export class NotificationSettings {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  async read(accountId: string, tx: EntityManager = this.database.manager): Promise<OwnNotifications> {
    const settings = await tx.query<{ event: NotificationEvent; channel: NotificationChannel }[]>(
      `SELECT event, channel FROM notification_setting
        WHERE account_id = $1 AND (event <> ALL($2::text[]) OR ${IS_OPERATOR}) ORDER BY channel`,
      [accountId, OPERATOR_EVENTS],
    )
    const [webhook] = await tx.query<WebhookRow[]>(
      `SELECT sealed, failing_since AS "failingSince", error FROM notification_webhook WHERE account_id = $1`,
      [accountId],
    )
    const hosts = await tx.query<{ platform: string }[]>(
      'SELECT platform FROM host_wish WHERE account_id = $1 ORDER BY platform',
      [accountId],
    )
    const [quiet = null] = await tx.query<QuietHours[]>(
      `SELECT begins AS "from", ends AS "until", time_zone AS "timeZone" FROM notification_quiet WHERE account_id = $1`,
      [accountId],
    )
    const of = (event: NotificationEvent) =>
      settings.filter((each) => each.event === event).map(({ channel }) => channel)
    return {
      events: Object.fromEntries(NOTIFICATION_EVENTS.map((event) => [event, of(event)])) as EventChannels,
      webhook: this.webhookView(accountId, webhook),
      hosts: hosts.map(({ platform }) => platform),
      quiet,
    }
  }

  /**
   * Changes what is given. The secret of the webhook where that was made now, which is told to nobody again. Raises
   * `request_invalid` where a webhook is wanted and has no URL, and for what operators alone are told of.
   */
  async set(accountId: string, change: NotificationsSet): Promise<string | undefined> {
    return transaction(this.database, async (tx) => {
      await lockNotifications(tx, accountId)
      const secret = await this.setWebhook(accountId, change, tx)
      await assertMayChoose(accountId, change.events ?? {}, tx)
      for (const [event, channels] of Object.entries(change.events ?? {}))
        await this.setChannels(accountId, event, channels, tx)
      await this.setHosts(accountId, change.hosts ?? {}, tx)
      await this.setQuiet(accountId, change.quiet, tx)
      const { events, webhook } = await this.read(accountId, tx)
      if (webhook === null && Object.values(events).some((channels) => channels.includes('webhook')))
        throw new Refusal('request_invalid', { details: ['webhook: needs a URL before it can tell'] })
      return secret
    })
  }

  /** Undefined where there is none, or none that the keys of this process open. */
  async webhook(accountId: string): Promise<Webhook | undefined> {
    const [row] = await this.database.query<{ sealed: Buffer }[]>(
      'SELECT sealed FROM notification_webhook WHERE account_id = $1',
      [accountId],
    )
    return row && this.opened(accountId, row.sealed)
  }

  private async setWebhook(
    accountId: string,
    { webhook: url, rotateSecret = false }: NotificationsSet,
    tx: EntityManager,
  ): Promise<string | undefined> {
    if (url === null) {
      await tx.query('DELETE FROM notification_webhook WHERE account_id = $1', [accountId])
      await tx.query(`DELETE FROM notification_setting WHERE account_id = $1 AND channel = 'webhook'`, [
        accountId,
      ])
      return undefined
    }
    if (url === undefined && !rotateSecret) return undefined
    const [row] = await tx.query<{ sealed: Buffer }[]>(
      'SELECT sealed FROM notification_webhook WHERE account_id = $1',
      [accountId],
    )
    const before = row && this.opened(accountId, row.sealed)
    const wanted = url ?? before?.url
    if (wanted === undefined)
      throw new Refusal('request_invalid', { details: ['rotateSecret: there is no webhook'] })
    const isNew = before === undefined || rotateSecret
    const secret = isNew ? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}` : before.secret
    const sealed = this.vault.seal(SEALED.webhook.purpose, accountId, { url: wanted, secret })
    await tx.query(
      `INSERT INTO notification_webhook (account_id, sealed) VALUES ($1, $2)
       ON CONFLICT (account_id) DO UPDATE SET sealed = $2, failures = 0, failing_since = NULL, error = NULL`,
      [accountId, sealed],
    )
    return isNew ? secret : undefined
  }

  private async setChannels(
    accountId: string,
    event: string,
    channels: readonly NotificationChannel[],
    tx: EntityManager,
  ): Promise<void> {
    await tx.query(
      'DELETE FROM notification_setting WHERE account_id = $1 AND event = $2 AND channel <> ALL($3::text[])',
      [accountId, event, channels],
    )
    await tx.query(
      `INSERT INTO notification_setting (account_id, event, channel, since)
       SELECT $1::uuid, $2, channel, $4::timestamptz FROM unnest($3::text[]) AS channel ON CONFLICT DO NOTHING`,
      [accountId, event, channels, dateOf(this.clock)],
    )
  }

  private async setHosts(
    accountId: string,
    hosts: Readonly<Record<string, boolean>>,
    tx: EntityManager,
  ): Promise<void> {
    const those = (wanted: boolean) => Object.keys(hosts).filter((platform) => hosts[platform] === wanted)
    await tx.query('DELETE FROM host_wish WHERE account_id = $1 AND platform = ANY($2::text[])', [
      ...[accountId, those(false)],
    ])
    await tx.query(
      `INSERT INTO host_wish (account_id, platform, created_at)
       SELECT $1::uuid, platform, $3::timestamptz FROM unnest($2::text[]) AS platform ON CONFLICT DO NOTHING`,
      [accountId, those(true), dateOf(this.clock)],
    )
  }

  private async setQuiet(
    accountId: string,
    quiet: QuietHours | null | undefined,
    tx: EntityManager,
  ): Promise<void> {
    if (quiet === undefined) return
    if (quiet === null) {
      await tx.query('DELETE FROM notification_quiet WHERE account_id = $1', [accountId])
      return
    }
    const { from, until, timeZone } = quiet
    await tx.query(
      `INSERT INTO notification_quiet (account_id, begins, ends, time_zone) VALUES ($1, $2, $3, $4)
       ON CONFLICT (account_id) DO UPDATE SET begins = $2, ends = $3, time_zone = $4`,
      [accountId, from, until, timeZone],
    )
  }

  private webhookView(accountId: string, row: WebhookRow | undefined): OwnNotifications['webhook'] {
    const url = row && this.opened(accountId, row.sealed)?.url
    return url === undefined ? null : { url, failingSince: row!.failingSince, error: row!.error }
  }

  private opened(accountId: string, sealed: Buffer): Webhook | undefined {
    try {
      return this.vault.open(SEALED.webhook.purpose, accountId, sealed) as Webhook
    } catch (error) {
      if (error instanceof SealError) return undefined
      throw error
    }
  }
}

async function assertMayChoose(
  accountId: string,
  events: Partial<EventChannels>,
  tx: EntityManager,
): Promise<void> {
  const wanted = OPERATOR_EVENTS.filter((event) => (events[event]?.length ?? 0) > 0)
  if (wanted.length === 0) return
  const [row] = await tx.query<[{ may: boolean }]>(`SELECT ${IS_OPERATOR} AS may`, [accountId])
  if (!row.may)
    throw new Refusal('request_invalid', {
      details: wanted.map((event) => `events.${event}: is for operators alone`),
    })
}

interface WebhookRow {
  sealed: Buffer
  failingSince: Date | null
  error: string | null
}
