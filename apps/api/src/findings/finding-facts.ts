import { Injectable } from '@nestjs/common'
import { type Finding, type Seen, findingsOf } from '@obb/contracts'
import { AuditLog } from '@obb/core/audit'
import { nightlyBackup } from '@obb/core/backup'
import { Clock } from '@obb/core/clock'
import { StoredBytes } from '@obb/core/files'
import { Levels } from '@obb/core/levels'
import { Mails } from '@obb/core/mail'
import { Notifications } from '@obb/core/notifications'
import { AccountPool } from '@obb/core/pool'
import { Readiness } from '@obb/core/readiness'
import { Vault, sealedValues } from '@obb/core/secrets'
import { StoreHealth, stateWord } from '@obb/core/store-state'
import { DataSource } from 'typeorm'
import { HostViews } from '../admin/host-views.js'
import { hostAccountView, nightlyBackupView } from '../admin/views.js'
import { MailSettings } from '../mail/mail-settings.js'

const DAY_MS = 86_400e3
/** Accounts, and entries of attempts, that are looked at. */
const MOST = 1_000

/** What needs a human, as the overview of operators shows it. Raises where the database does not answer. */
@Injectable()
export class FindingFacts {
  constructor(
    private readonly readiness: Readiness,
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly mails: Mails,
    private readonly mailSettings: MailSettings,
    private readonly notifications: Notifications,
    private readonly pool: AccountPool,
    private readonly hosts: HostViews,
    private readonly store: StoreHealth,
    private readonly levels: Levels,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async findings(): Promise<Finding[]> {
    const now = this.clock.now()
    const [doctor, accounts, hosts, store, refused] = await Promise.all([
      this.doctor(),
      this.pool.list({ limit: MOST }),
      this.hosts.all(),
      this.storeFacts(),
      this.audit.attempts(new Date(now - DAY_MS), MOST),
    ])
    const seen: Seen = {
      ...{ doctor, accounts: accounts.map(hostAccountView), hosts, store, refused },
    }
    return findingsOf(seen, now)
  }

  private async storeFacts(): Promise<Seen['store']> {
    const [state, { quota }, stored, { store: growth }] = await Promise.all([
      this.store.state(),
      this.store.place(),
      StoredBytes.total(this.database),
      this.levels.paces(),
    ])
    return { state: stateWord(state), reason: state.reason, room: state.room, quota, stored, growth }
  }

  private async doctor(): Promise<Seen['doctor']> {
    const [readiness, secrets, webhooks, error, backup] = await Promise.all([
      this.readiness.view(),
      sealedValues(this.database, this.vault),
      this.notifications.failingWebhooks(),
      this.mails.fault(),
      nightlyBackup(this.database),
    ])
    return {
      ...{ readiness, secrets, webhooks, mail: this.mailSettings.server === undefined ? null : { error } },
      nightlyBackup: backup ? nightlyBackupView(backup) : null,
    }
  }
}
