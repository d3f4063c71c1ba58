import { Body, Delete, Get, Post, Req, Res } from '@nestjs/common'
import {
  type Done,
  Refusal,
  type SessionAnswer,
  doneSchema,
  sessionSchema,
  signInSchema,
} from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { SignIns } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { type PortalRequest, PortalSessions } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { GuessLimits } from './guess-limits.js'
import { Passwords } from './passwords.js'
import { OpenPortalApi } from './portal-api.js'
import { SecondFactorCheck } from './second-factor-check.js'
import { SessionAnswers } from './session-answers.js'

/** Who is signed in; in and out. */
@OpenPortalApi()
export class SessionController {
  constructor(
    private readonly sessions: PortalSessions,
    private readonly answers: SessionAnswers,
    private readonly signIns: SignIns,
    private readonly passwords: Passwords,
    private readonly secondFactor: SecondFactorCheck,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly client: ClientAddress,
  ) {}

  @Get('session')
  @ApiAnswer(sessionSchema)
  async session(@Req() request: PortalRequest): Promise<SessionAnswer> {
    return this.answers.of(request, await this.sessions.find(request))
  }

  /** Nobody learns here who has an account: answer and work are the same where there is none. */
  @Post('session')
  @ApiAnswer(sessionSchema)
  async signIn(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: signInSchema }) { email, password, code }: z.output<typeof signInSchema>,
  ): Promise<SessionAnswer> {
    const address = this.client.of(request)
    const giveBack = this.limits.count(address, `password of ${email}`)
    const known = await this.signIns.credentials(email)
    if (!(await this.passwords.matches(known?.passwordHash, password)) || !known) {
      const who = known ? email : 'no user'
      this.failures.count({ who, address, action: actionOf(request), cause: 'sign_in_failed' })
      throw new Refusal('sign_in_failed')
    }
    giveBack()
    if (known.state !== 'active') throw new Refusal('account_suspended')
    const assertHolds = await this.secondFactor.assertCode(
      request,
      { email, accountId: known.accountId },
      code,
    )
    return this.answers.begin(request, reply, { ...known, assertHolds })
  }

  @Delete('session')
  @ApiAnswer(doneSchema)
  async signOut(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Done> {
    await this.sessions.end(request, reply)
    return {}
  }
}
