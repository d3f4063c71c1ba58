import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail as it came. */
export interface ReceivedMail {
  to: string[]
  from: string
  head: string
  /** Its parts, decoded. */
  text: string
  html: string
}

type Refusal = { code: number; text: string }

/** A mail server that misbehaves as told; over real SMTP, on a free port. */
export class MailServer {
  readonly mails: ReceivedMail[] = []
  /** How many tried to hand a mail over. */
  attempts = 0
  /** What it says to the next recipients, one after the other. */
  readonly recipientRefusals: Refusal[] = []
  refusesLogin = false
  /** Whether it takes mails without an answer. */
  hangs = false
  port = 0
  private readonly server: SMTPServer

  private constructor() {
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onAuth: (_auth, _session, done) => {
        if (this.refusesLogin) done(new Error('who are you?'))
        else done(null, { user: 'obb' })
      },
      onRcptTo: (_address, _session, done) => {
        this.attempts++
        const refusal = this.recipientRefusals.shift()
        if (refusal === undefined) done()
        else done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          if (this.hangs) return
          const { mailFrom, rcptTo } = session.envelope
          const to = rcptTo.map(({ address }) => address)
          const from = mailFrom === false ? '' : mailFrom.address
          this.mails.push({ to, from, ...read(Buffer.concat(chunks).toString()) })
          done()
        })
      },
    })
    this.server.on('error', () => undefined) // of a client that breaks off
  }

  static async start(): Promise<MailServer> {
    const mails = new MailServer()
    await new Promise<void>((resolve) => mails.server.listen(0, '127.0.0.1', resolve))
    mails.port = (mails.server.server.address() as AddressInfo).port
    return mails
  }

  /** As SMTP_URL. */
  get url(): string {
    return `smtp://obb:secret-of-mail@127.0.0.1:${this.port}`
  }

  /** The mails since the last call of this. */
  take(): ReceivedMail[] {
    return this.mails.splice(0)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(resolve)
    })
  }
}

function read(raw: string): Pick<ReceivedMail, 'head' | 'text' | 'html'> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? ''
  const parts = raw.split(`--${boundary}`).slice(1)
  const of = (type: string) => decoded(parts.find((part) => part.includes(`Content-Type: ${type}`)) ?? '')
  return { head, text: of('text/plain'), html: of('text/html') }
}

function decoded(part: string): string {
  const [head = '', ...rest] = part.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  if (/Encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString()
  if (!/Encoding: quoted-printable/i.test(head)) return body
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
