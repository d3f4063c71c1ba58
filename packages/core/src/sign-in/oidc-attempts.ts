import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { OidcAttempt } from './oidc-attempt.table.js'
import { newToken, tokenHash } from './token.js'

/** How long somebody may take at the provider, ms. */
export const OIDC_ATTEMPT_MS = 10 * 60_000

export type NewOidcAttempt = Pick<OidcAttempt, 'redirectUri' | 'returnTo' | 'accountId' | 'invitationId'>

/** Sign-ins that are under way at the OpenID provider, by the browser that began each. Any gateway ends them. */
@Injectable()
export class OidcAttempts {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The token of the browser, which is in this answer and nowhere else. */
  async begin(attempt: NewOidcAttempt): Promise<string> {
    const token = newToken()
    const expiresAt = new Date(this.clock.now() + OIDC_ATTEMPT_MS)
    await this.database.manager.insert(OidcAttempt, { ...attempt, hash: tokenHash(token), expiresAt })
    return token
  }

  /** Uses an attempt up: undefined by a token that is not valid, not any more, or was used. */
  async take(token: string): Promise<NewOidcAttempt | undefined> {
    const [[attempt]] = await this.database.query<[NewOidcAttempt[], number]>(
      `DELETE FROM oidc_attempt WHERE hash = $1 AND expires_at > $2
       RETURNING redirect_uri AS "redirectUri", return_to AS "returnTo", account_id AS "accountId",
                 invitation_id AS "invitationId"`,
      [tokenHash(token), dateOf(this.clock)],
    )
    return attempt
  }

  /** Removes those that nobody came back from. */
  async forgetOld(): Promise<void> {
    await this.database.query('DELETE FROM oidc_attempt WHERE expires_at <= $1', [dateOf(this.clock)])
  }
}
