import { Injectable } from '@nestjs/common'
import type { Confirmed } from '@obb/contracts'
import type { SignedIn } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { PasskeyCheck } from './passkey-check.js'
import { PasswordCheck } from './password-check.js'
import { SecondFactorCheck } from './second-factor-check.js'

/** Asks who is signed in for what he signs in by, before what a borrowed session must not do. */
@Injectable()
export class Confirmation {
  constructor(
    private readonly password: PasswordCheck,
    private readonly secondFactor: SecondFactorCheck,
    private readonly passkey: PasskeyCheck,
  ) {}

  /**
   * Raises Refusal `current_password_wrong`, `second_factor_needed`, `second_factor_wrong`, `passkey_refused` and
   * `rate_limited`.
   */
  async assert(request: FastifyRequest, signedIn: SignedIn, shown: Confirmed): Promise<void> {
    const { sessionId, email, caller } = signedIn
    const { accountId } = caller
    if ('passkey' in shown) {
      const proven = await this.passkey.assertSigned(request, shown.passkey, { sessionId, accountId })
      return proven.use()
    }
    await this.password.assertOwn(request, email, shown.password)
    await this.secondFactor.assertCode(request, { accountId, email }, shown.code)
  }
}
