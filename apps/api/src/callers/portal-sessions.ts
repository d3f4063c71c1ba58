import { Injectable } from '@nestjs/common'
import { PORTAL_API, Refusal } from '@obb/contracts'
import { MAX_AGE_MS, Sessions, type Shown, type SignedIn, type Visitor } from '@obb/core/sign-in'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ClientAddress } from '../audit/client-address.js'
import { BrowserCookie } from './browser-cookie.js'
import { OwnOrigin } from './own-origin.js'
import { RateLimits } from './rate-limits.js'
import { StaleIfError } from './stale-if-error.js'

/** Who is signed in, in a browser. */
const SESSION = new BrowserCookie('obb')

const READS = ['GET', 'HEAD']
/** What an operator may ask for who looks on as somebody else, beside reading. */
const ENDS_VIEW = [`DELETE ${PORTAL_API}/view`, `DELETE ${PORTAL_API}/session`]

export interface PortalRequest extends FastifyRequest {
  /** Who is signed in, once he was looked for. */
  signedIn?: SignedIn
}

/** Who signs in, and by what. */
interface Entry extends Pick<Shown, 'assertHolds'> {
  accountId: string
  passwordHash?: string | null
  /** Of the page that asks, where the request is not of one. */
  isSecure?: boolean
}

/** Whether a request is for a route whose callers are known by their session. */
export const isPortalRoute = ({ routeOptions }: FastifyRequest): boolean =>
  routeOptions.url?.startsWith(`${PORTAL_API}/`) ?? false

/** Who asks, by the session in the cookie. */
@Injectable()
export class PortalSessions {
  constructor(
    private readonly sessions: Sessions,
    private readonly origin: OwnOrigin,
    private readonly staleIfError: StaleIfError,
    private readonly limits: RateLimits,
    private readonly client: ClientAddress,
  ) {}

  /** undefined where nobody is signed in. `mayBeOld` as of `Callers.find`. */
  async find(request: PortalRequest, mayBeOld = false): Promise<SignedIn | undefined> {
    const token = this.tokenIn(request)
    if (token === undefined) return undefined
    const find = (): Promise<SignedIn | undefined> => this.sessions.find(token, this.visitor(request))
    const found = await this.staleIfError.get(`session ${token}`, find, mayBeOld)
    if (found) request.signedIn = found
    return found
  }

  /**
   * As `find`, for a request of this server's own pages that anybody may make. Raises `origin_foreign`, and for whatever
   * may change something `view_read_only` where an operator looks on as somebody else.
   */
  async admit(request: PortalRequest, mayBeOld = false): Promise<SignedIn | undefined> {
    this.origin.assertOwnPage(request)
    const found = await this.find(request, mayBeOld)
    const { method, routeOptions } = request
    const mayChange = found?.view === undefined || ENDS_VIEW.includes(`${method} ${routeOptions.url}`)
    if (!mayChange && !READS.includes(method)) throw new Refusal('view_read_only')
    return found
  }

  /** As `admit`, for who is signed in. Raises `signed_out`, too. */
  async authenticate(request: PortalRequest, mayBeOld = false): Promise<SignedIn> {
    const found = await this.admit(request, mayBeOld)
    if (found) return found
    if (this.tokenIn(request) !== undefined) this.limits.countWrongKey(this.client.of(request))
    throw new Refusal('signed_out')
  }

  /**
   * Signs in: always in a new session, and the one before in this browser ends. Raises `sign_in_failed` where the
   * password is another one by now, and as `assertHolds` of `Sessions.begin`.
   */
  async begin(
    request: PortalRequest,
    reply: FastifyReply,
    {
      accountId,
      passwordHash,
      assertHolds,
      isSecure = this.origin.ofPage(request)?.startsWith('https:') ?? false,
    }: Entry,
  ): Promise<SignedIn> {
    const before = this.tokenIn(request)
    if (before !== undefined) await this.sessions.end(before)
    const visitor = this.visitor(request)
    const shown = { passwordHash: passwordHash ?? undefined, assertHolds }
    const token = await this.sessions.begin(accountId, visitor, shown)
    const signedIn = token === undefined ? undefined : await this.sessions.find(token, visitor)
    if (token === undefined || !signedIn) throw new Refusal('sign_in_failed')
    SESSION.set(reply, token, isSecure, MAX_AGE_MS / 1_000)
    return signedIn
  }

  async end(request: PortalRequest, reply: FastifyReply): Promise<void> {
    const token = this.tokenIn(request)
    if (token !== undefined) await this.sessions.end(token)
    SESSION.clear(reply)
  }

  private tokenIn(request: FastifyRequest): string | undefined {
    return SESSION.token(request.headers.cookie, this.origin.isSecure(request))
  }

  private visitor(request: FastifyRequest): Visitor {
    return { address: this.client.of(request), client: request.headers['user-agent'] }
  }
}
