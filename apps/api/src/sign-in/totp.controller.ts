import { Body, Delete, Post, Req } from '@nestjs/common'
import {
  type Done,
  Refusal,
  type TotpConfirmed,
  type TotpStarted,
  doneSchema,
  totpConfirmSchema,
  totpConfirmedSchema,
  totpEndSchema,
  totpStartSchema,
  totpStartedSchema,
} from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { transaction } from '@obb/core/locks'
import { SecondFactors, Sessions, type SignedIn } from '@obb/core/sign-in'
import { DataSource } from 'typeorm'
import type { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { ConfirmationCheck } from './confirmation-check.js'
import { PasswordCheck } from './password-check.js'
import { CurrentSession, PortalApi } from './portal-api.js'
import { SecondFactorCheck } from './second-factor-check.js'
import { compact, newRecoveryCodes, newTotpSecret, totpStep, totpUri } from './totp.js'

/** One-time codes beside the password of who is signed in: on, and off again. */
@PortalApi()
export class TotpController {
  constructor(
    private readonly factors: SecondFactors,
    private readonly check: SecondFactorCheck,
    private readonly password: PasswordCheck,
    private readonly confirmation: ConfirmationCheck,
    private readonly audited: Audited,
    private readonly sessions: Sessions,
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** No code is asked for before one was confirmed; until then another start replaces the secret. */
  @Post('totp')
  @ApiAnswer(totpStartedSchema)
  async start(
    @Req() request: PortalRequest,
    @CurrentSession() { caller, email }: SignedIn,
    @Body({ schema: totpStartSchema }) { password }: z.output<typeof totpStartSchema>,
  ): Promise<TotpStarted> {
    await this.password.assertOwn(request, email, password)
    const secret = newTotpSecret()
    if (!(await this.factors.start(caller.accountId, secret))) throw isOnAlready()
    return { secret, uri: totpUri(secret, email) }
  }

  /** Whoever is signed in elsewhere, without a code, is so no more. */
  @Post('totp/confirm')
  @ApiAnswer(totpConfirmedSchema)
  async confirm(
    @Req() request: PortalRequest,
    @CurrentSession() { caller, email, sessionId }: SignedIn,
    @Body({ schema: totpConfirmSchema }) { code }: z.output<typeof totpConfirmSchema>,
  ): Promise<TotpConfirmed> {
    const factor = await this.factors.find(caller.accountId)
    if (factor === undefined) throw notStarted()
    if (factor.isOn) throw isOnAlready()
    const recoveryCodes = newRecoveryCodes()
    await this.check.assertRight(request, { email }, async () => {
      const step = totpStep(this.check.secretOf(factor), code, this.clock.now())
      if (step === undefined) return false
      await this.audited.change(request, { who: email, target: email }, () =>
        transaction(this.database, async (tx) => {
          const isOn = await this.factors.confirm(factor, step, recoveryCodes.map(compact), tx)
          if (!isOn) throw new Refusal('second_factor_wrong')
          await this.sessions.endAll(caller.accountId, sessionId, tx)
        }),
      )
      return true
    })
    return { recoveryCodes }
  }

  /** Can be repeated. */
  @Delete('totp')
  @ApiAnswer(doneSchema)
  async end(
    @Req() request: PortalRequest,
    @CurrentSession() signedIn: SignedIn,
    @Body({ schema: totpEndSchema }) shown: z.output<typeof totpEndSchema>,
  ): Promise<Done> {
    const { caller, email } = signedIn
    const assertHolds = await this.confirmation.assert(request, signedIn, shown)
    await this.audited.change(request, { who: email, target: email }, () =>
      transaction(this.database, async (tx) => {
        await assertHolds(tx)
        await this.factors.remove(caller.accountId, tx)
      }),
    )
    return {}
  }
}

const isOnAlready = (): Refusal =>
  new Refusal('request_invalid', { details: ['The second factor is on already: turn it off before.'] })

const notStarted = (): Refusal =>
  new Refusal('request_invalid', { details: ['No second factor waits for a first code: start one before.'] })
