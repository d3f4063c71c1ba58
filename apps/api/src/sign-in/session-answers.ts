import { readFileSync } from 'node:fs'
import { Injectable } from '@nestjs/common'
import type { SessionAnswer } from '@obb/contracts'
import { Operators } from '@obb/core/accounts'
import { type SignedIn, SignIns } from '@obb/core/sign-in'
import { PortalSessions } from '../callers/portal-sessions.js'
import { MailSettings } from '../mail/mail-settings.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** What pages are told of who is signed in. */
@Injectable()
export class SessionAnswers {
  constructor(
    private readonly operators: Operators,
    private readonly signIns: SignIns,
    private readonly sessions: PortalSessions,
    private readonly mail: MailSettings,
  ) {}

  async of(signedIn: SignedIn | undefined): Promise<SessionAnswer> {
    const setUp = !(await this.operators.exist())
    return { user: signedIn ? await this.user(signedIn) : null, setUp, mail: this.mail.areOn, version }
  }

  /** To who signs in. As `PortalSessions.begin`. */
  async begin(...of: Parameters<PortalSessions['begin']>): Promise<SessionAnswer> {
    return this.of(await this.sessions.begin(...of))
  }

  private async user({ email, role, caller }: SignedIn): Promise<SessionAnswer['user']> {
    return { email, role, ...(await this.signIns.profile(caller.accountId)) }
  }
}
