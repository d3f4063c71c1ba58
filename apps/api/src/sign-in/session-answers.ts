import { Inject, Injectable } from '@nestjs/common'
import type { SessionAnswer, SignInWay } from '@obb/contracts'
import { Operators } from '@obb/core/accounts'
import { Clock } from '@obb/core/clock'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { type SignedIn, SignIns } from '@obb/core/sign-in'
import { type PortalRequest, PortalSessions } from '../callers/portal-sessions.js'
import { version } from '../http/version.js'
import { RelyingParty } from './relying-party.js'
import { MailSettings } from '../mail/mail-settings.js'

/** What pages are told of who is signed in. */
@Injectable()
export class SessionAnswers {
  constructor(
    private readonly operators: Operators,
    private readonly signIns: SignIns,
    private readonly sessions: PortalSessions,
    private readonly party: RelyingParty,
    private readonly mail: MailSettings,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'OIDC_ISSUER' | 'OIDC_NAME' | 'OIDC_SIGN_UP'>,
  ) {}

  async of(request: PortalRequest, signedIn: SignedIn | undefined): Promise<SessionAnswer> {
    const setUp = !(await this.operators.exist())
    const hasOidc = this.config.OIDC_ISSUER !== undefined
    return {
      ...{
        user: signedIn ? await this.user(signedIn) : null,
        viewing: this.viewing(signedIn),
        setUp,
        mail: this.mail.areOn,
        version,
      },
      signInWith: this.signInWith(request, hasOidc),
      oidcName: hasOidc ? this.config.OIDC_NAME : null,
      oidcSignUp: hasOidc && this.config.OIDC_SIGN_UP !== 'none',
    }
  }

  /** To who signs in. As `PortalSessions.begin`. */
  async begin(...[request, ...of]: Parameters<PortalSessions['begin']>): Promise<SessionAnswer> {
    return this.of(request, await this.sessions.begin(request, ...of))
  }

  private signInWith(request: PortalRequest, hasOidc: boolean): SignInWay[] {
    const ways: SignInWay[] = ['password']
    if (this.party.of(request)) ways.push('passkey')
    if (hasOidc) ways.push('oidc')
    return ways
  }

  private viewing(signedIn: SignedIn | undefined): SessionAnswer['viewing'] {
    if (!signedIn?.view) return null
    const { operator, until } = signedIn.view
    return { operator, secondsLeft: Math.max(0, Math.ceil((until.getTime() - this.clock.now()) / 1_000)) }
  }

  private async user({ email, role, caller }: SignedIn): Promise<SessionAnswer['user']> {
    return { email, role, ...(await this.signIns.profile(caller.accountId)) }
  }
}
