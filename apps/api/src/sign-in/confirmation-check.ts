import { Injectable } from '@nestjs/common'
import type { Confirmation, Ownership } from '@obb/contracts'
import { Sessions, type SignedIn, SignIns } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import type { EntityManager } from 'typeorm'
import { PasskeyCheck } from './passkey-check.js'
import { PasswordCheck } from './password-check.js'
import { SecondFactorCheck } from './second-factor-check.js'

/** Asks who is signed in for what he signs in by, before what a borrowed session must not do. */
@Injectable()
export class ConfirmationCheck {
  constructor(
    private readonly password: PasswordCheck,
    private readonly secondFactor: SecondFactorCheck,
    private readonly passkey: PasskeyCheck,
    private readonly sessions: Sessions,
    private readonly signIns: SignIns,
  ) {}

  /**
   * Raises Refusal `current_password_wrong`, `second_factor_needed`, `second_factor_wrong`, `passkey_refused` and
   * `rate_limited`. What it gives is the first step of the transaction that makes the change: no way in becomes another
   * one until that is over, and it raises where what was shown holds no more, or the session has ended.
   */
  async assert(
    request: FastifyRequest,
    signedIn: SignedIn,
    shown: Confirmation,
  ): Promise<(tx: EntityManager) => Promise<void>> {
    const assertHolds = await this.look(request, signedIn, shown)
    return async (tx) => {
      await this.sessions.lockIn(tx, signedIn)
      await assertHolds?.(tx)
    }
  }

  /** The same for what also those do who have nothing to show: neither a password nor a passkey. */
  async assertOwner(
    request: FastifyRequest,
    signedIn: SignedIn,
    shown: Ownership,
  ): Promise<(tx: EntityManager) => Promise<void>> {
    if (!(await this.signIns.hasWayBesideOidc(signedIn.caller.accountId)))
      return (tx) => this.sessions.lockIn(tx, signedIn)
    return this.assert(request, signedIn, isConfirmed(shown) ? shown : { password: '' })
  }

  private async look(
    request: FastifyRequest,
    { sessionId, email, caller: { accountId } }: SignedIn,
    shown: Confirmation,
  ): Promise<((tx: EntityManager) => Promise<void>) | undefined> {
    if ('passkey' in shown)
      return (await this.passkey.assertSigned(request, shown.passkey, { sessionId, accountId })).use
    await this.password.assertOwn(request, email, shown.password)
    return this.secondFactor.assertCode(request, { accountId, email }, shown.code)
  }
}

const isConfirmed = (shown: Ownership): shown is Confirmation => 'password' in shown || 'passkey' in shown
