import { timingSafeEqual } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { PORTAL_API, Refusal } from '@obb/contracts'
import { type NewOidcAttempt, OIDC_ATTEMPT_MS, OidcAttempts } from '@obb/core/sign-in'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BrowserCookie } from '../callers/browser-cookie.js'
import { OwnOrigin } from '../callers/own-origin.js'
import { type BrowserProof, browserProof } from './browser-proof.js'
import { OidcProvider } from './oidc-provider.js'

/** Of a browser that is at the provider; another attempt in it takes the place of the one before. */
const COOKIE = new BrowserCookie('obb-oidc')
/** Where the part of the profile is that identities are linked in. */
export const LINK_PAGE = '/profile?tab=password'

/** Attempts to sign in at the provider, each good once, for a short time, and in the browser that began it. */
@Injectable()
export class OidcAttemptCookies {
  constructor(
    private readonly provider: OidcProvider,
    private readonly attempts: OidcAttempts,
    private readonly origin: OwnOrigin,
  ) {}

  /** Where the browser goes. It comes back by the address that it has come by now, where its cookies are. */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    attempt: Omit<NewOidcAttempt, 'redirectUri'>,
  ): Promise<string> {
    const own = this.origin.ofPage(request)
    if (own === undefined) throw new Refusal('origin_foreign')
    const redirectUri = `${own}${PORTAL_API}/oidc/callback`
    const token = await this.attempts.begin({ ...attempt, redirectUri })
    const url = await this.provider.authorizationUrl(browserProof(token), redirectUri)
    COOKIE.set(reply, token, own.startsWith('https:'), OIDC_ATTEMPT_MS / 1_000)
    return url
  }

  /**
   * The attempt that this browser comes back from, which is used up. Raises `oidc_attempt_unknown`: by a state of
   * another one the attempt stays, so that nobody else's page ends it.
   */
  async take(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ attempt: NewOidcAttempt; proof: BrowserProof }> {
    const token = COOKIE.token(request.headers.cookie, this.origin.isSecure(request))
    if (token === undefined) throw new Refusal('oidc_attempt_unknown', { internal: 'no cookie' })
    const proof = browserProof(token)
    const { state } = request.query as { state?: unknown }
    if (!isSame(state, proof.state)) throw new Refusal('oidc_attempt_unknown', { internal: 'another state' })
    COOKIE.clear(reply)
    const attempt = await this.attempts.take(token)
    if (!attempt) throw new Refusal('oidc_attempt_unknown', { internal: 'used, or too old' })
    return { attempt, proof }
  }
}

function isSame(given: unknown, expected: string): boolean {
  const [one, other] = [Buffer.from(String(given)), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
