import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { Clock } from '@obb/core/clock'
import { type SecondFactor, SecondFactors } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
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
    private readonly clock: Clock,
  ) {}

  /**
   * Does nothing where the account has none. Raises Refusal `second_factor_needed` without a code,
   * `second_factor_wrong` and `rate_limited`.
   */
  async assertCode(request: FastifyRequest, owner: Owner, code: string | undefined): Promise<void> {
    const factor = await this.factors.find(owner.accountId)
    if (!factor?.isOn) return
    if (code === undefined) throw new Refusal('second_factor_needed')
    await this.assertRight(request, owner, () => this.take(factor, code))
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

  private async take(factor: SecondFactor, code: string): Promise<boolean> {
    if (!isTotpCode(code)) return this.factors.takeRecoveryCode(factor, compact(code))
    const step = totpStep(this.factors.secretOf(factor), code, this.clock.now())
    return step !== undefined && this.factors.takeStep(factor, step)
  }
}
