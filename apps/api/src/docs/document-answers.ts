import { Inject, Injectable } from '@nestjs/common'
import { DownloadUrls, OwnUrl } from '@obb/core/origin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { STYLE } from './documentation-style.js'
import { type Audience, Documentation } from './documentation.js'
import { pagePolicy } from './page.js'
import { languageFor } from './words/index.js'

const POLICY = pagePolicy(STYLE)

/** Sends documentation: with the addresses that its reader came by, in a language that he reads, packed if he likes. */
@Injectable()
export class DocumentAnswers {
  constructor(
    private readonly documentation: Documentation,
    private readonly own: OwnUrl,
    @Inject(DownloadUrls) private readonly downloads: DownloadUrls,
  ) {}

  async sendPage(audience: Audience, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { lang } = request.query as { lang?: unknown }
    const language = languageFor(lang, request.headers['accept-language'])
    void reply.headers({
      ...{
        'content-language': language,
        'content-security-policy': POLICY,
        'referrer-policy': 'no-referrer',
      },
      ...{ 'content-type': 'text/html; charset=utf-8', vary: 'Accept-Encoding, Accept-Language' },
    })
    await this.send(audience, language, request, reply)
  }

  async sendOpenApi(audience: Audience, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    void reply.headers({ 'content-type': 'application/json; charset=utf-8', vary: 'Accept-Encoding' })
    await this.send(audience, 'openapi', request, reply)
  }

  private async send(
    audience: Audience,
    form: Parameters<Documentation['rendering']>[1],
    { headers, raw }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const addresses = { api: this.own.base(raw), proxy: this.downloads.base(raw) }
    const { body, gzip, etag } = await this.documentation.rendering(audience, form, addresses)
    // What is in it follows from fields that a shared cache may not look at.
    void reply.headers({ 'cache-control': 'private, no-cache', etag })
    if (isNamedIn(headers['if-none-match'], etag)) return void (await reply.code(304).send())
    if (!takesGzip(headers['accept-encoding'])) return void (await reply.send(body))
    await reply.header('content-encoding', 'gzip').send(gzip)
  }
}

/** Whether a field If-None-Match names a tag (RFC 9110 §13.1.2, which compares weakly). */
function isNamedIn(field: string | undefined, etag: string): boolean {
  return field?.split(',').some((each) => each.trim() === etag || each.trim() === '*') ?? false
}

/** Whether gzip may be sent (RFC 9110 §12.5.3). */
function takesGzip(accepted: string | string[] | undefined): boolean {
  return String(accepted ?? '')
    .toLowerCase()
    .split(',')
    .some((each) => {
      const [coding, ...options] = each.split(';').map((part) => part.trim())
      return coding === 'gzip' && !options.some((option) => Number(option.replace('q=', '')) === 0)
    })
}
