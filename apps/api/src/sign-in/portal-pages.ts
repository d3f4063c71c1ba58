import { Inject, Injectable } from '@nestjs/common'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { DownloadUrls, Forwarding } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { OwnOrigin } from '../callers/own-origin.js'
import { isPortalRoute } from '../callers/portal-sessions.js'

/** Where pages of the portal are, for links that an operator hands on. */
@Injectable()
export class PortalPages {
  private readonly publicUrl: string | undefined
  private readonly gateway: DownloadUrls

  constructor(
    @Inject(CONFIG)
    { PUBLIC_API_URL: publicUrl, API_PORT: port }: Pick<ApiConfig, 'PUBLIC_API_URL' | 'API_PORT'>,
    forwarding: Forwarding,
    private readonly origin: OwnOrigin,
  ) {
    this.publicUrl = publicUrl
    this.gateway = new DownloadUrls({ publicUrl, forwarding, port })
  }

  /**
   * The page that takes a token: by PUBLIC_API_URL, else by the address that the operator has come by, through the
   * admin API's port to that of the portal.
   */
  withToken(request: FastifyRequest, page: 'signup' | 'reset', token: string): string {
    const own = isPortalRoute(request) ? this.origin.ofPage(request) : undefined
    const base = this.publicUrl ?? own ?? this.gateway.base(request.raw)
    return `${base}/${page}?token=${token}`
  }
}
