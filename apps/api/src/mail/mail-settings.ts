import { Inject, Injectable } from '@nestjs/common'
import { type NotificationChannel, Refusal } from '@obb/contracts'
import { type ApiConfig, CONFIG } from '@obb/core/config'

/** Whether this server can send mails, and where links in them lead. */
@Injectable()
export class MailSettings {
  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<ApiConfig, 'SMTP_URL' | 'MAIL_FROM' | 'PUBLIC_API_URL'>,
  ) {}

  /** The mail server and whose mails they are; undefined where none is set. */
  get server(): { url: string; from: string } | undefined {
    const { SMTP_URL: url, MAIL_FROM: from } = this.config
    return url === undefined || from === undefined ? undefined : { url, from }
  }

  /** Whether mails with links can be sent. */
  get areOn(): boolean {
    return this.server !== undefined && this.config.PUBLIC_API_URL !== undefined
  }

  /** By what people can be told of something. */
  get channels(): NotificationChannel[] {
    return this.areOn ? ['mail', 'webhook'] : ['webhook']
  }

  /** Where the portal is, as far as the settings tell. */
  get portalUrl(): string | undefined {
    return this.config.PUBLIC_API_URL
  }

  /** Raises Refusal `mail_off`, with the setting that is not there. */
  assertOn(): void {
    void this.baseUrl
  }

  /**
   * What links in mails begin with: by the settings alone, since whoever asks for a mail could name any other server.
   * Raises Refusal `mail_off`.
   */
  get baseUrl(): string {
    const { PUBLIC_API_URL: url } = this.config
    if (this.server === undefined) throw new Refusal('mail_off', { details: ['SMTP_URL is not set'] })
    if (url === undefined) throw new Refusal('mail_off', { details: ['PUBLIC_API_URL is not set'] })
    return url
  }
}
