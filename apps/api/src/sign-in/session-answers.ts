import { readFileSync } from 'node:fs'
import { Inject, Injectable } from '@nestjs/common'
import type { SessionAnswer } from '@obb/contracts'
import { Operators } from '@obb/core/accounts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
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
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'OIDC_ISSUER' | 'OIDC_NAME' | 'OIDC_SIGN_UP'>,
  ) {}

  async of(signedIn: SignedIn | undefined): Promise<SessionAnswer> {
    const setUp = !(await this.operators.exist())
    const hasOidc = this.config.OIDC_ISSUER !== undefined
    return {
      ...{ user: signedIn ? await this.user(signedIn) : null, setUp, mail: this.mail.areOn, version },
      signInWith: hasOidc ? ['password', 'oidc'] : ['password'],
      oidcName: hasOidc ? this.config.OIDC_NAME : null,
      oidcSignUp: hasOidc && this.config.OIDC_SIGN_UP !== 'none',
    }
  }

  /** To who signs in. As `PortalSessions.begin`. */
  async begin(...of: Parameters<PortalSessions['begin']>): Promise<SessionAnswer> {
    return this.of(await this.sessions.begin(...of))
  }

  private async user({ email, role, caller }: SignedIn): Promise<SessionAnswer['user']> {
    return { email, role, ...(await this.signIns.profile(caller.accountId)) }
  }
}
