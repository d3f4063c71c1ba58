import { Body, Delete, Get, Param, Patch, Post, Req } from '@nestjs/common'
import {
  type Done,
  Refusal,
  type SessionList,
  doneSchema,
  passwordChangeSchema,
  profileSchema,
  sessionListSchema,
} from '@obb/contracts'
import { transaction } from '@obb/core/locks'
import { Sessions, type SignedIn, SignIns } from '@obb/core/sign-in'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { PasswordCheck } from './password-check.js'
import { Passwords } from './passwords.js'
import { CurrentSession, PortalApi } from './portal-api.js'
import { sessionViews } from './views.js'

/** What people set of their own sign-in. */
@PortalApi()
export class ProfileController {
  constructor(
    private readonly sessions: Sessions,
    private readonly signIns: SignIns,
    private readonly passwords: Passwords,
    private readonly password: PasswordCheck,
    private readonly audited: Audited,
    private readonly database: DataSource,
  ) {}

  @Get('sessions')
  @ApiAnswer(sessionListSchema)
  async list(@CurrentSession() { caller, sessionId }: SignedIn): Promise<SessionList> {
    return sessionViews(await this.sessions.list(caller.accountId), sessionId)
  }

  @Delete('sessions')
  @ApiAnswer(doneSchema)
  async endOthers(@CurrentSession() { caller, sessionId }: SignedIn): Promise<Done> {
    await this.sessions.endAll(caller.accountId, sessionId)
    return {}
  }

  @Delete('sessions/:id')
  @ApiAnswer(doneSchema)
  async end(
    @CurrentSession() { caller }: SignedIn,
    @Param('id', { schema: z.uuid() }) id: string,
  ): Promise<Done> {
    if (await this.sessions.endById(caller.accountId, id)) return {}
    throw new Refusal('resource_unknown', { details: [`There is no session ${id}.`] })
  }

  /** Whoever is signed in elsewhere is so no more. */
  @Post('password')
  @ApiAnswer(doneSchema)
  async changePassword(
    @Req() request: PortalRequest,
    @CurrentSession() { caller: { accountId }, email, sessionId }: SignedIn,
    @Body({ schema: passwordChangeSchema }) { current, password }: z.output<typeof passwordChangeSchema>,
  ): Promise<Done> {
    await this.password.assertOwn(request, email, current)
    const passwordHash = await this.passwords.hash(password)
    await this.audited.change(request, { who: email, target: email }, () =>
      transaction(this.database, async (tx) => {
        await this.signIns.setPassword(accountId, passwordHash, tx)
        await this.sessions.endAll(accountId, sessionId, tx)
      }),
    )
    return {}
  }

  @Patch('profile')
  @ApiAnswer(doneSchema)
  async setProfile(
    @CurrentSession() { caller }: SignedIn,
    @Body({ schema: profileSchema }) { language }: z.output<typeof profileSchema>,
  ): Promise<Done> {
    await this.signIns.setLanguage(caller.accountId, language)
    return {}
  }
}
