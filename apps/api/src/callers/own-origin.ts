import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { CONFIG, type Config } from '@obb/core/config'
import { Forwarding, UNCLEAR, hostOf, readAuthority } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'

const READS = ['GET', 'HEAD']

/** By which address a browser has come to this server, and so which pages are its own. */
@Injectable()
export class OwnOrigin {
  private readonly configured: URL | undefined

  constructor(
    @Inject(CONFIG) { PUBLIC_API_URL: url }: Pick<Config, 'PUBLIC_API_URL'>,
    private readonly forwarding: Forwarding,
  ) {
    this.configured = url === undefined ? undefined : new URL(url)
  }

  /** The origin that a request's client knows this server by; undefined where what is told of it is not clear. */
  of({ raw }: FastifyRequest): string | undefined {
    const told = this.forwarding.read(raw)?.origin
    if (told !== undefined) return told === UNCLEAR ? undefined : told
    const host = hostOf(raw) ?? ''
    if (readAuthority(host) === undefined) return undefined
    const { configured } = this
    if (configured && new URL(`${configured.protocol}//${host}`).host === configured.host)
      return configured.origin
    return new URL(`http://${host}`).origin
  }

  /** Whether a request has come over HTTPS, as far as it is clear. */
  isSecure(request: FastifyRequest): boolean {
    return this.of(request)?.startsWith('http:') !== true
  }

  /**
   * Nobody's page but this server's may have the browser of somebody who is signed in change anything: by
   * Sec-Fetch-Site, which no page can forge, and in older browsers and over plain HTTP by Origin. Raises Refusal
   * `origin_foreign`.
   */
  assertOwnPage(request: FastifyRequest): void {
    if (READS.includes(request.method)) return
    const { 'sec-fetch-site': site, origin } = request.headers
    const own = site === undefined ? this.isOwn(request, origin) : site === 'same-origin'
    if (!own) throw new Refusal('origin_foreign')
  }

  private isOwn(request: FastifyRequest, origin: string | undefined): boolean {
    return origin !== undefined && (origin === this.of(request) || origin === this.configured?.origin)
  }

  /** Where a page of this server is that asks for something to be changed: its own origin, which was looked at. */
  ofPage(request: FastifyRequest): string | undefined {
    return request.headers.origin ?? this.of(request)
  }
}
