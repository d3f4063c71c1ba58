import { isIP } from 'node:net'
import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import type { FastifyRequest } from 'fastify'
import { OwnOrigin } from '../callers/own-origin.js'

/** This server, as browsers bind passkeys to it (WebAuthn §5.4.2). */
export interface Party {
  /** Name of its host. */
  id: string
  origin: string
}

/** As which address of this server passkeys are made and asked for. */
@Injectable()
export class RelyingParty {
  private readonly configured: string | undefined

  constructor(
    @Inject(CONFIG) { PUBLIC_API_URL: url }: Pick<ApiConfig, 'PUBLIC_API_URL'>,
    private readonly own: OwnOrigin,
  ) {
    this.configured = url === undefined ? undefined : new URL(url).origin
  }

  /**
   * By PUBLIC_API_URL, else by the address that the browser has come by. Undefined where browsers have no passkeys:
   * over plain HTTP but for localhost, and at IP addresses.
   */
  of(request: FastifyRequest): Party | undefined {
    const origin = this.configured ?? this.own.of(request)
    if (origin === undefined) return undefined
    const { protocol, hostname } = new URL(origin)
    const isSecure = protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost')
    const isName = isIP(hostname) === 0 && !hostname.startsWith('[')
    return isSecure && isName ? { id: hostname, origin } : undefined
  }

  /** As `of`, for the page that asks. Raises Refusal `passkey_unavailable`, also where that is of another address. */
  assert(request: FastifyRequest): Party {
    const party = this.of(request)
    const page = request.headers.origin
    if (party && (page === undefined || page === party.origin)) return party
    throw new Refusal('passkey_unavailable', party && { details: [`Passkeys work at ${party.origin}.`] })
  }
}
