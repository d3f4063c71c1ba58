import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { SignIns } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { GuessLimits } from './guess-limits.js'
import { Passwords } from './passwords.js'

/** Looks once more at the password of who is signed in, before what a borrowed session must not do. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly signIns: SignIns,
    private readonly passwords: Passwords,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly client: ClientAddress,
  ) {}

  /** Raises Refusal `current_password_wrong` and `rate_limited`. */
  async assertOwn(request: FastifyRequest, email: string, password: string): Promise<void> {
    const address = this.client.of(request)
    const giveBack = this.limits.count(address, `password of ${email}`)
    const known = await this.signIns.credentials(email)
    if (await this.passwords.matches(known?.passwordHash, password)) return giveBack()
    const cause = 'current_password_wrong'
    this.failures.count({ who: email, address, action: actionOf(request), cause })
    throw new Refusal(cause)
  }
}
