import { Body, Post, Req, Res } from '@nestjs/common'
import {
  Refusal,
  type SessionAnswer,
  type WebAuthnOptions,
  passkeySignInSchema,
  sessionSchema,
  webAuthnOptionsSchema,
} from '@obb/contracts'
import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { PasskeyCheck } from './passkey-check.js'
import { OpenPortalApi } from './portal-api.js'
import { SessionAnswers } from './session-answers.js'

/** Signing in by a passkey, which tells who it is; its device has looked at the person, so no code is asked for. */
@OpenPortalApi()
export class PasskeySessionController {
  constructor(
    private readonly check: PasskeyCheck,
    private readonly answers: SessionAnswers,
  ) {}

  @Post('session/passkey/options')
  @ApiAnswer(webAuthnOptionsSchema)
  options(@Req() request: PortalRequest): Promise<WebAuthnOptions> {
    return this.check.ask(request)
  }

  @Post('session/passkey')
  @ApiAnswer(sessionSchema)
  async signIn(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: passkeySignInSchema }) { passkey }: z.output<typeof passkeySignInSchema>,
  ): Promise<SessionAnswer> {
    const proven = await this.check.assertSigned(request, passkey)
    if (proven.state !== 'active') throw new Refusal('account_suspended')
    const { accountId } = proven.passkey
    return this.answers.begin(request, reply, { accountId, assertHolds: proven.use })
  }
}
