import { Inject, Injectable } from '@nestjs/common'
import { ADMIN_API } from '@obb/contracts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { DownloadUrls, Forwarding } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { OwnOrigin } from '../callers/own-origin.js'
import { isPortalRoute } from '../callers/portal-sessions.js'

/** Where pages of the portal are, for links that are handed on. */
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

  /** The page that takes a token. */
  withToken(request: FastifyRequest, page: 'signup' | 'reset', token: string): string {
    return `${this.at(request, page)}?token=${token}`
  }

  /**
   * A page: by PUBLIC_API_URL, else by the address that the request has come by; through the admin API's port to that of
   * the portal.
   */
  at(request: FastifyRequest, page: 'signup' | 'reset' | 'device'): string {
    const base = this.publicUrl ?? this.ownOf(request) ?? this.gateway.base(request.raw)
    return `${base}/${page}`
  }

  /** What pages of others say of themselves counts for nothing: only our own may ask at the portal's routes. */
  private ownOf(request: FastifyRequest): string | undefined {
    if (isPortalRoute(request)) return this.origin.ofPage(request)
    return request.routeOptions.url?.startsWith(`${ADMIN_API}/`) ? undefined : this.origin.of(request)
  }
}
