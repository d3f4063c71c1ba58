import { Body, Delete, Get, Param, Post, Query, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type InvitationCreated,
  type ListedInvitation,
  type PageQuery,
  type PageView,
  type Removed,
  Refusal,
  invitationCreateSchema,
  invitationCreatedSchema,
  listedInvitationSchema,
  pageQuerySchema,
  pageSchema,
  removedSchema,
} from '@obb/contracts'
import { transaction } from '@obb/core/locks'
import { Mails } from '@obb/core/mail'
import { type Invitation, Invitations } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { languageOf } from '../http/language.js'
import { type Listing, idKey, pageOf, timeKey } from '../http/pages.js'
import { MailSender } from '../mail/mail-sender.js'
import { MailSettings } from '../mail/mail-settings.js'
import { InvitationSubject } from './audit-subjects.js'
import { PortalPages } from './portal-pages.js'

const HOUR_MS = 3_600_000

/** Leave to make an account. */
@AdminApi('invitations', InvitationSubject)
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly pages: PortalPages,
    private readonly mails: Mails,
    private readonly mailSettings: MailSettings,
    private readonly sender: MailSender,
    private readonly database: DataSource,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Invite somebody; the link is good once, shown here only, and with `send` mailed',
  })
  @ApiAnswer(invitationCreatedSchema)
  @ApiFailures('mail_off')
  async add(
    @Req() request: FastifyRequest,
    @Body({ schema: invitationCreateSchema }) invitation: z.output<typeof invitationCreateSchema>,
  ): Promise<InvitationCreated> {
    const { email = null, role, traffic, dailyPerHost = null, expiresInHours, send } = invitation
    const { language = languageOf(request) } = invitation
    if (send && email === null)
      throw new Refusal('request_invalid', { details: ['email: is needed to send the link'] })
    if (send) this.mailSettings.assertOn()
    const invited = { email, role, traffic, dailyPerHost }
    const { id, token, expiresAt } = await transaction(this.database, async (tx) => {
      const made = await this.invitations.add(invited, expiresInHours * HOUR_MS, tx)
      if (send && email !== null)
        await this.mails.add({ kind: 'invitation', recipient: email, language }, made.token, tx)
      return made
    })
    if (send) this.sender.wake()
    const url = this.pages.withToken(request, 'signup', token)
    return { id, url, token, expiresAt: expiresAt.toISOString() }
  }

  @Get()
  @ApiOperation({ summary: 'Invitations that nobody has used yet, the newest first, in pages' })
  @ApiAnswer(pageSchema(listedInvitationSchema))
  list(@Query({ schema: pageQuerySchema }) page: PageQuery): Promise<PageView<ListedInvitation>> {
    const invitations: Listing<Invitation> = {
      key: z.tuple([timeKey, idKey]),
      keyOf: ({ createdAt, id }) => [createdAt.toISOString(), id],
      read: (stretch) => this.invitations.list(stretch),
    }
    return pageOf(page, invitations, ({ id, email, role, traffic, dailyPerHost, createdAt, expiresAt }) => ({
      ...{ id, email, role, traffic, dailyPerHost },
      ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
    }))
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Take an invitation back. Can be repeated' })
  @ApiAnswer(removedSchema)
  async remove(@Param('id', { schema: z.uuid() }) id: string): Promise<Removed> {
    return { id, removed: await this.invitations.remove(id) }
  }
}
