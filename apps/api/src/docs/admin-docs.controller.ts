import { Get, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AdminApi } from '../http/admin-api.js'
import { DocumentAnswers } from './document-answers.js'

/** The documentation of the admin API: wherever that is, and for whom it is. */
@ApiExcludeController()
@AdminApi('')
export class AdminDocsController {
  constructor(private readonly answers: DocumentAnswers) {}

  @Get('docs')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answers.sendPage('admin', request, reply)
  }

  @Get('openapi.json')
  document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answers.sendOpenApi('admin', request, reply)
  }
}
