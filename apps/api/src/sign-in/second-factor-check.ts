import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { Clock } from '@obb/core/clock'
import { type SecondFactor, SecondFactors } from '@obb/core/sign-in'
import { SealError } from '@obb/core/secrets'
import type { FastifyRequest } from 'fastify'
import type { EntityManager } from 'typeorm'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { Audited } from './audited.js'
import { GuessLimits } from './guess-limits.js'
import { compact, isTotpCode, totpStep } from './totp.js'

/** Whose code it is. */
interface Owner {
  accountId: string
  email: string
}

/** Looks at codes of second factors: each is good once. */
@Injectable()
export class SecondFactorCheck {
  constructor(
    private readonly factors: SecondFactors,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly client: ClientAddress,
    private readonly audited: Audited,
    private readonly clock: Clock,
  ) {}

  /**
   * Looks at a code where the account has a second factor. Raises Refusal `second_factor_needed` without a code,
   * `second_factor_wrong`, `second_factor_unreadable` and `rate_limited`. Where there was none: what raises
   * `second_factor_needed` if there is one by now.
   */
  async assertCode(
    request: FastifyRequest,
    owner: Owner,
    code: string | undefined,
  ): Promise<((tx: EntityManager) => Promise<void>) | undefined> {
    const { accountId } = owner
    const factor = await this.factors.find(accountId)
    if (!factor?.isOn)
      return async (tx) => {
        if ((await this.factors.find(accountId, tx))?.isOn) throw new Refusal('second_factor_needed')
      }
    if (code === undefined) throw new Refusal('second_factor_needed')
    const take = isTotpCode(code)
      ? this.takingCode(factor, code)
      : this.takingRecoveryCode(request, owner, factor, code)
    await this.assertRight(request, owner, take)
    return undefined
  }

  /** Raises Refusal `second_factor_unreadable`. */
  secretOf(factor: SecondFactor): string {
    try {
      return this.factors.secretOf(factor)
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      throw new Refusal('second_factor_unreadable', { internal: `second factor: ${error.message}` })
    }
  }

  /** Counts a guess; `isRight` tells whether it was one. Raises Refusal `second_factor_wrong` and `rate_limited`. */
  async assertRight(
    request: FastifyRequest,
    { email }: Pick<Owner, 'email'>,
    isRight: () => Promise<boolean>,
  ): Promise<void> {
    const address = this.client.of(request)
    const giveBack = this.limits.countCode(address, email)
    if (await isRight()) return giveBack()
    const cause = 'second_factor_wrong'
    this.failures.count({ who: email, address, action: actionOf(request), cause })
    throw new Refusal(cause)
  }

  /** The secret is opened at once: nobody guesses where it cannot be. */
  private takingCode(factor: SecondFactor, code: string): () => Promise<boolean> {
    const step = totpStep(this.secretOf(factor), code, this.clock.now())
    return async () => step !== undefined && this.factors.takeStep(factor, step)
  }

  /** In the audit log: whoever has one has been in the place where they are kept. */
  private takingRecoveryCode(
    request: FastifyRequest,
    { email }: Owner,
    factor: SecondFactor,
    code: string,
  ): () => Promise<boolean> {
    return async () => {
      const left = await this.factors.takeRecoveryCode(factor, compact(code))
      if (left === undefined) return false
      const change = { who: email, target: email }
      const changes = { recoveryCodes: [left + 1, left] as [number, number] }
      await this.audited.change(
        request,
        change,
        () => Promise.resolve(),
        () => changes,
      )
      return true
    }
  }
}
