import { Body, Delete, Req, Res } from '@nestjs/common'
import { type Done, type Ownership, doneSchema, ownershipSchema } from '@obb/contracts'
import type { SignedIn } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import { UserRemoval } from '../account/user-removal.js'
import { type PortalRequest, PortalSessions } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from '../sign-in/audited.js'
import { ConfirmationCheck } from '../sign-in/confirmation-check.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'

/** The account of who is signed in, as a whole. */
@PortalApi()
export class OwnAccountController {
  constructor(
    private readonly removal: UserRemoval,
    private readonly confirmation: ConfirmationCheck,
    private readonly sessions: PortalSessions,
    private readonly audited: Audited,
  ) {}

  /** As an operator removes a user. Raises `last_operator`, and as `ConfirmationCheck.assert`. */
  @Delete('account')
  @ApiAnswer(doneSchema)
  async remove(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentSession() signedIn: SignedIn,
    @Body({ schema: ownershipSchema }) shown: Ownership,
  ): Promise<Done> {
    const { caller, email, role } = signedIn
    const assertHolds = await this.confirmation.assertOwner(request, signedIn, shown)
    await this.audited.change(
      request,
      { who: email, target: email },
      () => this.removal.remove(email, assertHolds),
      () => ({ id: [caller.accountId, null], role: [role, null] }),
    )
    await this.sessions.end(request, reply)
    return {}
  }
}
