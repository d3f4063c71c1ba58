import { Injectable, Optional } from '@nestjs/common'
import { createTransport, type NodemailerError } from 'nodemailer'
import type { MailContent } from './compose-mail.js'
import { MailSettings } from './mail-settings.js'

/** How long a mail server may take, ms. */
export interface MailPatience {
  /** For each step, and for silence amid one. */
  step: number
  /** For a whole mail: less than a sender has for it. */
  mail: number
}
const PATIENCE: MailPatience = { step: 15_000, mail: 45_000 }

const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/

/** What kept a mail from going. */
export class MailFault extends Error {
  override readonly name = 'MailFault'

  constructor(
    message: string,
    /** Whether another attempt would end the same: the mail server wants neither this mail nor this recipient. */
    readonly isFinal: boolean,
  ) {
    super(message)
  }
}

/** The mail server of SMTP_URL, over a connection for each mail. */
@Injectable()
export class Mailer {
  constructor(
    private readonly settings: MailSettings,
    @Optional() private readonly patience: MailPatience = PATIENCE,
  ) {}

  /**
   * Hands a mail over. `id`: the same in every attempt, so that a mail that came twice can be told to be one. Raises
   * MailFault.
   */
  async send(id: string, to: string, { subject, text, html }: MailContent): Promise<void> {
    const { server } = this.settings
    if (server === undefined) throw new MailFault('SMTP_URL is not set', false)
    const { step, mail } = this.patience
    const transport = createTransport({
      url: server.url,
      ...needsTls(new URL(server.url)),
      connectionTimeout: step,
      greetingTimeout: step,
      socketTimeout: step,
      dnsTimeout: step,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const giveUp = AbortSignal.timeout(mail)
    try {
      await transport.sendMail({
        from: server.from,
        // As an object: never read as a list, or as a name with an address.
        to: { name: '', address: to },
        messageId: `<${id}@obb>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...{ subject, text, html, signal: giveUp },
      })
    } catch (error) {
      throw faultOf(error as NodemailerError, giveUp.aborted)
    } finally {
      transport.close()
    }
  }
}

/** A password goes over no open line, unless the URL says so: `?requireTLS=false`. */
function needsTls({ protocol, hostname, username, searchParams }: URL): { requireTLS?: true } {
  const isOpen = protocol === 'smtp:' && !LOOPBACK.test(hostname)
  return isOpen && username !== '' && !searchParams.has('requireTLS') ? { requireTLS: true } : {}
}

function faultOf(error: NodemailerError, isLate: boolean): MailFault {
  if (isLate) return new MailFault('the mail server takes too long', false)
  const { message, responseCode = 0, command } = error
  const isAboutMail = command === 'RCPT TO' || command === 'DATA'
  return new MailFault(message, responseCode >= 500 && isAboutMail)
}
