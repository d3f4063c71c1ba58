import { readFileSync } from 'node:fs'
import { Injectable } from '@nestjs/common'
import type { SessionAnswer, SignInWay } from '@obb/contracts'
import { Operators } from '@obb/core/accounts'
import { type SignedIn, SignIns } from '@obb/core/sign-in'
import { type PortalRequest, PortalSessions } from '../callers/portal-sessions.js'
import { RelyingParty } from './relying-party.js'
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
    private readonly party: RelyingParty,
    private readonly mail: MailSettings,
  ) {}

  async of(request: PortalRequest, signedIn: SignedIn | undefined): Promise<SessionAnswer> {
    const setUp = !(await this.operators.exist())
    const user = signedIn ? await this.user(signedIn) : null
    return { user, setUp, signInWith: this.signInWith(request), mail: this.mail.areOn, version }
  }

  /** To who signs in. As `PortalSessions.begin`. */
  async begin(...[request, ...of]: Parameters<PortalSessions['begin']>): Promise<SessionAnswer> {
    return this.of(request, await this.sessions.begin(request, ...of))
  }

  private signInWith(request: PortalRequest): SignInWay[] {
    return this.party.of(request) ? ['password', 'passkey'] : ['password']
  }

  private async user({ email, role, caller }: SignedIn): Promise<SessionAnswer['user']> {
    return { email, role, ...(await this.signIns.profile(caller.accountId)) }
  }
}
