import { Body, Post, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type UserReset,
  type UserSignedOut,
  userRefSchema,
  userResetRequestSchema,
  userResetSchema,
  userSignedOutSchema,
} from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { lockSignIn, transaction } from '@obb/core/locks'
import { Mails } from '@obb/core/mail'
import { LinkedIdentities, Passkeys, Sessions, SignIns } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { DataSource, type EntityManager } from 'typeorm'
import type { z } from 'zod'
import { UserSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiFailures } from '../http/api-failures.js'
import { ApiAnswer } from '../http/api-answer.js'
import { languageOf } from '../http/language.js'
import { MailSender } from '../mail/mail-sender.js'
import { MailSettings } from '../mail/mail-settings.js'
import { PortalPages } from './portal-pages.js'

type UserRef = z.output<typeof userRefSchema>

/** How users sign in, as far as an operator has a hand in it. */
@AdminApi('users', UserSubject)
export class UserSignInController {
  constructor(
    private readonly accounts: Accounts,
    private readonly signIns: SignIns,
    private readonly sessions: Sessions,
    private readonly passkeys: Passkeys,
    private readonly identities: LinkedIdentities,
    private readonly pages: PortalPages,
    private readonly mails: Mails,
    private readonly mailSettings: MailSettings,
    private readonly sender: MailSender,
    private readonly database: DataSource,
  ) {}

  @Post('reset')
  @ApiOperation({
    summary: 'A link by which a user chooses a password, once; it is shown here only, and with `send` mailed',
    description:
      'Also the first password of a user who has an API key alone. Using it turns the second factor of the ' +
      'user off, too; passkeys and linked identities stay, unless they are ended here. A link from before is good no ' +
      'more.',
  })
  @ApiAnswer(userResetSchema)
  @ApiFailures('resource_unknown', 'mail_off')
  async reset(
    @Req() request: FastifyRequest,
    @Body({ schema: userResetRequestSchema }) asked: z.output<typeof userResetRequestSchema>,
  ): Promise<UserReset> {
    const { email, send } = asked
    if (send) this.mailSettings.assertOn()
    const { id } = await this.accounts.byEmail(email)
    const { language: own } = await this.signIns.profile(id)
    const language = own ?? asked.language ?? languageOf(request)
    const { token, expiresAt } = await transaction(this.database, async (tx) => {
      if (asked.endPasskeys) await this.endPasskeys(id, tx)
      const made = await this.signIns.openReset(id, tx)
      if (send) await this.mails.add({ kind: 'reset', recipient: email, language }, made.token, tx)
      return made
    })
    if (send) this.sender.wake()
    return {
      url: this.pages.withToken(request, 'reset', token),
      token,
      expiresAt: expiresAt.toISOString(),
    }
  }

  /** Whatever lets somebody in who knows no password. */
  private async endPasskeys(accountId: string, tx: EntityManager): Promise<void> {
    await lockSignIn(tx, accountId)
    await this.passkeys.removeAll(accountId, tx)
    await this.identities.unlinkAll(accountId, tx)
    await this.sessions.endAll(accountId, undefined, tx)
  }

  @Post('sign-out')
  @ApiOperation({ summary: 'End all sessions of a user; API keys go on' })
  @ApiAnswer(userSignedOutSchema)
  @ApiFailures('resource_unknown')
  async signOut(@Body({ schema: userRefSchema }) { email }: UserRef): Promise<UserSignedOut> {
    const { id } = await this.accounts.byEmail(email)
    return { email, sessions: await this.sessions.endAll(id) }
  }
}
