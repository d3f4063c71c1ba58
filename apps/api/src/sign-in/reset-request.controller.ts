import { Body, Post, Req } from '@nestjs/common'
import { type Done, doneSchema, resetRequestSchema } from '@obb/contracts'
import { Mails } from '@obb/core/mail'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { ClientAddress } from '../audit/client-address.js'
import { ApiAnswer } from '../http/api-answer.js'
import { languageOf } from '../http/language.js'
import { MailSender } from '../mail/mail-sender.js'
import { MailSettings } from '../mail/mail-settings.js'
import { GuessLimits } from './guess-limits.js'
import { OpenPortalApi } from './portal-api.js'

/** Another password for who has no more than the mailbox. */
@OpenPortalApi()
export class ResetRequestController {
  constructor(
    private readonly settings: MailSettings,
    private readonly mails: Mails,
    private readonly sender: MailSender,
    private readonly limits: GuessLimits,
    private readonly client: ClientAddress,
  ) {}

  /**
   * Nobody learns here who has an account: whose e-mail it is, is looked at when the mail is sent. Raises Refusal
   * `mail_off` and `rate_limited`.
   */
  @Post('reset/request')
  @ApiAnswer(doneSchema)
  async ask(
    @Req() request: FastifyRequest,
    @Body({ schema: resetRequestSchema })
    { email, language = languageOf(request) }: z.output<typeof resetRequestSchema>,
  ): Promise<Done> {
    this.settings.assertOn()
    this.limits.count(this.client.of(request), `reset of ${email}`)
    await this.mails.askReset(email, language)
    this.sender.wake()
    return {}
  }
}
