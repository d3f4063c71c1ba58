import { Get, Inject } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { doctorSchema, type DoctorView } from '@obb/contracts'
import { nightlyBackup } from '@obb/core/backup'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { isDatabaseAway } from '@obb/core/database'
import { Mails } from '@obb/core/mail'
import { Notifications } from '@obb/core/notifications'
import { Readiness } from '@obb/core/readiness'
import { sealedValues, Vault } from '@obb/core/secrets'
import { DataSource } from 'typeorm'
import { OidcProvider } from '../oidc/oidc-provider.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { MailSettings } from '../mail/mail-settings.js'
import { nightlyBackupView } from './views.js'

/** What `./obb doctor` cannot see from outside. */
@AdminApi('doctor')
export class DoctorController {
  constructor(
    private readonly readiness: Readiness,
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly mails: Mails,
    private readonly mailSettings: MailSettings,
    private readonly notifications: Notifications,
    private readonly oidc: OidcProvider,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'PUBLIC_API_URL' | 'PUBLIC_PROXY_URL'>,
  ) {}

  @Get()
  @ApiOperation({
    summary:
      'What the gateway needs, whether its keys open what is sealed, where clients find it, who signs people in',
  })
  @ApiAnswer(doctorSchema)
  async show(): Promise<DoctorView> {
    const { PUBLIC_API_URL: api = null, PUBLIC_PROXY_URL: proxy = null } = this.config
    const [readiness, secrets, mail, webhooks, backup, oidc] = await Promise.all([
      this.readiness.view(),
      this.whileThere(() => sealedValues(this.database, this.vault)),
      this.whileThere(() => this.mail()),
      this.whileThere(() => this.failingWebhooks()),
      this.whileThere(() => nightlyBackup(this.database)),
      this.provider(),
    ])
    const nightly = backup ? nightlyBackupView(backup) : null
    return { readiness, secrets, mail, webhooks, nightlyBackup: nightly, oidc, addresses: { api, proxy } }
  }

  private async provider(): Promise<DoctorView['oidc']> {
    const { issuer } = this.oidc
    return issuer === undefined ? null : { issuer, fault: await this.oidc.fault() }
  }

  private async failingWebhooks(): Promise<DoctorView['webhooks']> {
    const failing = await this.notifications.failingWebhooks()
    return failing.map(({ since, ...webhook }) => ({ ...webhook, since: since.toISOString() }))
  }

  private async mail(): Promise<DoctorView['mail']> {
    const { server } = this.mailSettings
    if (server === undefined) return null
    const { waiting, waitingSince, error, lastSentAt } = await this.mails.state()
    return {
      ...{ from: server.from, waiting, error },
      waitingSince: waitingSince?.toISOString() ?? null,
      lastSentAt: lastSentAt?.toISOString() ?? null,
    }
  }

  /** Null while the database is away. */
  private async whileThere<T>(look: () => Promise<T>): Promise<T | null> {
    try {
      return await look()
    } catch (error) {
      if (isDatabaseAway(error)) return null
      throw error
    }
  }
}
