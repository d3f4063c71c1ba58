import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { userRefSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import type { AuditState } from '@obb/core/audit'
import { NotificationSettings } from '@obb/core/notifications'
import { z } from 'zod'
import { type Audited, type AuditRequest, AuditSubject } from '../audit/audit-subject.js'

const emailSchema = z.object({ email: userRefSchema.shape.email })

/** What a user is told of: where webhooks go by the beginning of the URL and its hash. */
@Injectable()
export class NotificationsSubject extends AuditSubject {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: NotificationSettings,
  ) {
    super()
  }

  async read({ body }: AuditRequest): Promise<Audited> {
    const email = emailSchema.safeParse(body).data?.email
    const user = email === undefined ? undefined : await this.accounts.byEmail(email).catch(() => undefined)
    return { target: email ?? null, state: user === undefined ? null : await this.stateOf(user.id) }
  }

  async stateOf(accountId: string): Promise<AuditState> {
    const { events, webhook, hosts, quiet } = await this.settings.read(accountId)
    return {
      ...{ ...events, hosts },
      webhook: webhook && `${new URL(webhook.url).origin} ${digestOf(webhook.url)}`,
      quiet: quiet && `${quiet.from}-${quiet.until} ${quiet.timeZone}`,
    }
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
