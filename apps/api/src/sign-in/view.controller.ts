import { Body, Delete, Post, Req } from '@nestjs/common'
import { type Done, doneSchema, userRefSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Sessions, type SignedIn } from '@obb/core/sign-in'
import type { z } from 'zod'
import { UserSubject } from '../audit/audit-subjects.js'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { PortalAdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { CurrentSession, PortalApi } from './portal-api.js'

/** Has operators look at the portal as one of its users: for a while, in their own session, and without a hand in it. */
@PortalAdminApi('users', UserSubject)
export class ViewAsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
  ) {}

  @Post('view')
  @ApiAnswer(doneSchema)
  async begin(
    @CurrentSession() { sessionId }: SignedIn,
    @Body({ schema: userRefSchema }) { email }: z.output<typeof userRefSchema>,
  ): Promise<Done> {
    const { id } = await this.accounts.byEmail(email)
    await this.sessions.view(sessionId, id)
    return {}
  }
}

/** The way back. */
@PortalApi()
export class ViewController {
  constructor(
    private readonly sessions: Sessions,
    private readonly audited: Audited,
  ) {}

  /** Can be repeated. */
  @Delete('view')
  @ApiAnswer(doneSchema)
  async end(
    @Req() request: PortalRequest,
    @CurrentSession() { sessionId, email, view }: SignedIn,
  ): Promise<Done> {
    if (view)
      await this.audited.change(request, { who: view.operator, target: email }, () =>
        this.sessions.endView(sessionId),
      )
    return {}
  }
}
