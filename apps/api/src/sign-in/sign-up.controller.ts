import { Body, Post, Req, Res } from '@nestjs/common'
import {
  type InvitationView,
  Refusal,
  type SessionAnswer,
  invitationSchema,
  resetSchema,
  sessionSchema,
  signUpSchema,
  tokenSchema,
} from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { transaction } from '@obb/core/locks'
import { type Invitation, Invitations, SecondFactors, Sessions, SignIns } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import { DataSource } from 'typeorm'
import type { z } from 'zod'
import { ClientAddress } from '../audit/client-address.js'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { GuessLimits } from './guess-limits.js'
import { Passwords } from './passwords.js'
import { OpenPortalApi } from './portal-api.js'
import { SecondFactorCheck } from './second-factor-check.js'
import { SessionAnswers } from './session-answers.js'

/** What one may do who has a link with a token. Raises `link_token_invalid` where the token is not valid. */
@OpenPortalApi()
export class SignUpController {
  constructor(
    private readonly invitations: Invitations,
    private readonly accounts: Accounts,
    private readonly signIns: SignIns,
    private readonly sessions: Sessions,
    private readonly secondFactors: SecondFactors,
    private readonly secondFactor: SecondFactorCheck,
    private readonly passwords: Passwords,
    private readonly limits: GuessLimits,
    private readonly audited: Audited,
    private readonly answers: SessionAnswers,
    private readonly client: ClientAddress,
    private readonly database: DataSource,
  ) {}

  @Post('invitation')
  @ApiAnswer(invitationSchema)
  async invitation(
    @Req() request: PortalRequest,
    @Body({ schema: tokenSchema }) { token }: z.output<typeof tokenSchema>,
  ): Promise<InvitationView> {
    const { email, role, expiresAt } = await this.found(request, () => this.invitations.find(token))
    return { email, role, expiresAt: expiresAt.toISOString() }
  }

  @Post('sign-up')
  @ApiAnswer(sessionSchema)
  async signUp(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: signUpSchema }) { token, email, password, language }: z.output<typeof signUpSchema>,
  ): Promise<SessionAnswer> {
    const invitation = await this.found(request, () => this.invitations.find(token))
    assertInvited(invitation, email)
    const { role, traffic, dailyPerHost } = invitation
    const passwordHash = await this.passwords.hash(password)
    const who = `invitation ${invitation.id}`
    const accountId = await this.audited.change(request, { who, target: email }, () =>
      transaction(this.database, async (tx) => {
        if (!(await this.invitations.take(token, tx))) throw new Refusal('link_token_invalid')
        const made = await this.accounts.createWithoutKey({ email, role, traffic, dailyPerHost }, tx)
        await this.signIns.setPassword(made, passwordHash, tx)
        if (language !== undefined) await this.signIns.setLanguage(made, language, tx)
        return made
      }),
    )
    return this.answers.begin(request, reply, { accountId, passwordHash })
  }

  /**
   * Another password, by a link; whoever was signed in before is so no more. With that of an operator the second factor
   * goes, since who has lost it asks an operator, too; with one that was mailed for the asking it is asked for.
   */
  @Post('reset')
  @ApiAnswer(sessionSchema)
  async reset(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: resetSchema }) { token, password, code }: z.output<typeof resetSchema>,
  ): Promise<SessionAnswer> {
    const { accountId, email, state, keepsFactor } = await this.found(request, () =>
      this.signIns.resetOf(token),
    )
    if (state !== 'active') throw new Refusal('account_suspended')
    const assertHolds = keepsFactor
      ? await this.secondFactor.assertCode(request, { accountId, email }, code)
      : undefined
    const passwordHash = await this.passwords.hash(password)
    await this.audited.change(request, { who: 'reset link', target: email }, () =>
      transaction(this.database, async (tx) => {
        if (!(await this.signIns.takeReset(token, tx))) throw new Refusal('link_token_invalid')
        await assertHolds?.(tx)
        await this.signIns.setPassword(accountId, passwordHash, tx)
        if (!keepsFactor) await this.secondFactors.remove(accountId, tx)
        await this.sessions.endAll(accountId, undefined, tx)
      }),
    )
    return this.answers.begin(request, reply, { accountId, passwordHash, assertHolds })
  }

  private async found<T>(request: PortalRequest, find: () => Promise<T | undefined>): Promise<T> {
    const giveBack = this.limits.count(this.client.of(request))
    const found = await find()
    if (found === undefined) throw new Refusal('link_token_invalid')
    giveBack()
    return found
  }
}

function assertInvited({ email: invited }: Invitation, email: string): void {
  if (invited === null || invited === email) return
  throw new Refusal('request_invalid', { details: ['email: this invitation is for another one'] })
}
