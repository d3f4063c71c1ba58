import { Controller, Get, Header, HttpCode, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { DOCS_PATH, EXTERNAL_API } from '@obb/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DocumentAnswers } from './document-answers.js'
import { ICON } from './front-page.js'

/** For everybody: only the calls need a key. */
@ApiExcludeController()
@Controller()
export class DocsController {
  constructor(private readonly answers: DocumentAnswers) {}

  /** icon is served where browsers look, whatever a page says; by its type they know what it is. */
  @Get('favicon.ico')
  @Header('content-security-policy', "default-src 'none'")
  @Header('cache-control', 'public, max-age=86400')
  @Header('content-type', 'image/svg+xml')
  icon(): string {
    return ICON
  }

  @Get(DOCS_PATH)
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answers.sendPage('public', request, reply)
  }

  @Get(`${EXTERNAL_API}/openapi.json`)
  document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answers.sendOpenApi('public', request, reply)
  }

  /** Where the page was before. */
  @Get(`${EXTERNAL_API}/docs`)
  @HttpCode(301)
  @Header('location', DOCS_PATH)
  @Header('cache-control', 'public, max-age=86400')
  moved(): string {
    return ''
  }
}
