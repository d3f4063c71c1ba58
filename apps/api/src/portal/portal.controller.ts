import { randomBytes } from 'node:crypto'
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Refusal } from '@obb/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { FRONT_PAGE, FRONT_PAGE_POLICY } from '../docs/front-page.js'
import { PublicAddresses } from '../http/public-addresses.js'
import { PORTAL_HEADERS, portalPolicy } from './policy.js'
import { PortalFiles } from './portal-files.js'

const HTML = 'text/html; charset=utf-8'
const NONCE_BYTES = 16
/** Where no page of the portal is. */
const NO_PAGES = /^\/+(?:api|assets)(?:[/?]|$)/

/** Whether an origin can stand in a policy, which knows no addresses of IPv6. */
const isSource = (origin: string) => !origin.includes('[')

/** The portal: its page at every path that a browser opens and nothing else is at, and what the page is made of. */
@ApiExcludeController()
@Controller()
export class PortalController {
  constructor(
    @Inject(PortalFiles) private readonly files: PortalFiles,
    private readonly addresses: PublicAddresses,
  ) {}

  /** frontPage is the portal's, or where it is not built a page that says what this is. */
  @Get()
  frontPage(@Req() request: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    const sent = this.sendPage(request, reply)
    if (sent) return sent
    const headers = { 'content-security-policy': FRONT_PAGE_POLICY, 'referrer-policy': 'no-referrer' }
    return reply.headers(headers).type(HTML).send(FRONT_PAGE)
  }

  @Get('assets/*')
  async asset(
    @Param('*') name: string,
    @Req() { headers }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const asset = await this.files.asset(name, String(headers['accept-encoding'] ?? ''))
    if (!asset) throw new Refusal('route_unknown')
    if (asset.coding !== undefined) void reply.header('content-encoding', asset.coding)
    return reply
      .headers({
        ...PORTAL_HEADERS,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
      })
      .type(asset.type)
      .send(asset.bytes)
  }

  /** page answers browsers at the paths of the portal's pages; whoever asks for no page finds no route there. */
  @Get('*')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    const isPage = String(request.headers.accept ?? '').includes('text/html') && !NO_PAGES.test(request.url)
    const sent = isPage ? this.sendPage(request, reply) : undefined
    if (!sent) throw new Refusal('route_unknown')
    return sent
  }

  private sendPage({ raw }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const nonce = randomBytes(NONCE_BYTES).toString('base64')
    const page = this.files.page(nonce)
    if (page === undefined) return undefined
    const { api, proxy } = this.addresses.of(raw)
    const origins = [...new Set([api, proxy].map(({ url }) => new URL(url).origin))]
    return reply
      .headers({
        ...PORTAL_HEADERS,
        'content-security-policy': portalPolicy(nonce, origins.filter(isSource)),
      })
      .type(HTML)
      .send(page)
  }
}
