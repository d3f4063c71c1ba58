import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common'
import { AuditLog } from '@obb/core/audit'
import { transaction } from '@obb/core/locks'
import { LOG, type Log } from '@obb/core/log'
import { type DueMail, Mails } from '@obb/core/mail'
import { mailsHandled } from '@obb/core/metrics'
import { Invitations, SignIns } from '@obb/core/sign-in'
import { DataSource } from 'typeorm'
import { Loop, logFault } from '../loop.js'
import { composeMail } from './compose-mail.js'
import { MailFault, Mailer } from './mailer.js'
import { MailSettings } from './mail-settings.js'

/** Between two looks at what is due, ms: what another process left, or what waits for its next attempt. */
const LOOK_MS = 5_000
/** How soon a look follows a mail that was added, ms: after the answer of whoever added it. */
const SOON_MS = 100

/** Sends what waits, one after the other; what a process that dies was sending is sent again by another one. */
@Injectable()
export class MailSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop(() => this.sendAll(), LOOK_MS)

  constructor(
    private readonly settings: MailSettings,
    private readonly mails: Mails,
    private readonly mailer: Mailer,
    private readonly invitations: Invitations,
    private readonly signIns: SignIns,
    private readonly audit: AuditLog,
    private readonly database: DataSource,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.areOn) this.loop.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop()
  }

  /** A mail was added. */
  wake(): void {
    if (this.settings.areOn) this.loop.wake(SOON_MS)
  }

  /** Sends all that is due. */
  sendDue(): Promise<void> {
    return this.loop.run()
  }

  private async sendAll(): Promise<void> {
    try {
      for (let mail = await this.mails.take(); mail !== undefined; mail = await this.mails.take()) {
        await this.send(mail)
        if (this.loop.stops) return
      }
    } catch (error) {
      logFault(this.log, error, 'mail: not looked at to the end')
    }
  }

  private async send(mail: DueMail): Promise<void> {
    const { id, kind, recipient } = mail
    const link = await this.linkOf(mail)
    if (link === undefined) {
      // Its link may have outlived its day while the mail server was away.
      const { error } = mail
      return mail.isLast && error !== null ? this.giveUp(mail, error) : this.finish(mail, 'needless')
    }
    const { token, language } = link
    try {
      const { baseUrl } = this.settings
      await this.mailer.send(id, recipient, composeMail(kind, language, { baseUrl, token }))
    } catch (error) {
      if (!(error instanceof MailFault)) throw error
      if (error.isFinal || mail.isLast) return this.giveUp(mail, error.message)
      mailsHandled.inc({ kind, outcome: 'failed' })
      this.log.warn({ kind, recipient, reason: error.message }, 'mail: not sent yet')
      return this.mails.postpone(mail, error.message)
    }
    await this.finish(mail, 'sent')
  }

  /** Undefined where the mail has become needless, or is nobody's. */
  private async linkOf(
    mail: DueMail,
  ): Promise<(Pick<Required<DueMail>, 'language'> & { token: string }) | undefined> {
    const { kind, recipient, token, language } = mail
    if (kind === 'invitation') {
      const isGood = token !== undefined && (await this.invitations.find(token)) !== undefined
      return isGood ? { token, language } : undefined
    }
    if (token !== undefined) return (await this.signIns.resetOf(token)) && { token, language }
    const account = kind === 'asked_reset' ? await this.signIns.credentials(recipient) : undefined
    if (account?.state !== 'active') return undefined
    const own = await this.signIns.profile(account.accountId)
    const made = await transaction(this.database, async (tx) => {
      const opened = await this.signIns.openAskedReset(account.accountId, tx)
      if (opened !== undefined) await this.mails.keepToken(mail, opened, tx)
      return opened
    })
    return made === undefined ? undefined : { token: made, language: own.language ?? language }
  }

  private async finish(mail: DueMail, outcome: 'sent' | 'needless'): Promise<void> {
    mailsHandled.inc({ kind: mail.kind, outcome })
    await this.mails.finish(mail, outcome)
  }

  private async giveUp(mail: DueMail, reason: string): Promise<void> {
    const { kind, recipient: target } = mail
    mailsHandled.inc({ kind, outcome: 'given_up' })
    this.log.warn({ kind, recipient: target, reason }, 'mail: given up')
    const change = { who: 'mail', address: 'gateway', action: `MAIL ${kind}`, target }
    const entry = await this.audit.begin(change)
    await this.mails.finish(mail, 'given_up', reason)
    await this.audit.finish(entry, change, {
      target,
      outcome: 'given_up',
      changes: { error: [null, reason] },
    })
  }
}
