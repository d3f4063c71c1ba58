import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { PasskeyChallenge } from './passkey-challenge.table.js'
import { newToken, tokenHash } from './token.js'

/** How long a device and its owner may take, ms. */
export const CHALLENGE_MS = 5 * 60_000

/** For what an answer is good, where, and in whose session. */
export type ChallengeTerms = Pick<PasskeyChallenge, 'purpose' | 'rpId' | 'sessionId'>

/** What devices are asked to sign: good once and for minutes, whichever gateway is answered. */
@Injectable()
export class PasskeyChallenges {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A new one, in base64url; it is in this answer and nowhere else. */
  async issue(terms: ChallengeTerms): Promise<string> {
    const challenge = newToken()
    const expiresAt = new Date(this.clock.now() + CHALLENGE_MS)
    await this.database.manager.insert(PasskeyChallenge, { ...terms, hash: tokenHash(challenge), expiresAt })
    return challenge
  }

  /** Uses one up. Whether it was valid, of these terms, and this the first answer to it. */
  async take(challenge: string, { purpose, rpId, sessionId }: ChallengeTerms): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      `DELETE FROM passkey_challenge
        WHERE hash = $1 AND purpose = $2 AND rp_id = $3 AND session_id IS NOT DISTINCT FROM $4 AND expires_at > $5`,
      [tokenHash(challenge), purpose, rpId, sessionId, dateOf(this.clock)],
    )
    return count === 1
  }

  /** Removes those that nobody answered in time. */
  async forgetOld(): Promise<void> {
    await this.database.query('DELETE FROM passkey_challenge WHERE expires_at <= $1', [dateOf(this.clock)])
  }
}
