import { randomUUID } from 'node:crypto'
import { Body, Injectable, Post, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type MailTested, mailTestSchema, mailTestedSchema } from '@obb/contracts'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { type Audited, type AuditRequest, AuditSubject } from '../audit/audit-subject.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { languageOf } from '../http/language.js'
import { composeMail } from './compose-mail.js'
import { MailFault, Mailer } from './mailer.js'
import { MailSettings } from './mail-settings.js'

/** Where a test mail goes, and whether it went. */
@Injectable()
export class MailSubject extends AuditSubject {
  read({ body, answer }: AuditRequest): Promise<Audited> {
    const target = mailTestSchema.safeParse(body).data?.to ?? null
    const tested = mailTestedSchema.safeParse(answer).data
    return Promise.resolve({ target, state: tested === undefined ? null : { sent: tested.sent } })
  }
}

@AdminApi('mail', MailSubject)
export class MailController {
  constructor(
    private readonly settings: MailSettings,
    private readonly mailer: Mailer,
  ) {}

  @Post('test')
  @ApiOperation({
    summary: 'Send a test mail, and tell what the mail server said',
    description:
      'At once, while other mails wait for their turn. A mail server that does not take it is no failure.',
  })
  @ApiAnswer(mailTestedSchema)
  @ApiFailures('mail_off')
  async test(
    @Req() request: FastifyRequest,
    @Body({ schema: mailTestSchema }) { to, language = languageOf(request) }: z.output<typeof mailTestSchema>,
  ): Promise<MailTested> {
    const { baseUrl } = this.settings
    try {
      await this.mailer.send(randomUUID(), to, composeMail('test', language, { baseUrl }))
      return { sent: true, error: null }
    } catch (error) {
      if (!(error instanceof MailFault)) throw error
      return { sent: false, error: error.message }
    }
  }
}
