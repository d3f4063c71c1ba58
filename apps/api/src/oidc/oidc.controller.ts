import { Body, Get, Inject, Post, Req, Res } from '@nestjs/common'
import {
  type OidcStarted,
  Refusal,
  type RefusalCause,
  oidcStartSchema,
  oidcStartedSchema,
} from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { LOG, type Log } from '@obb/core/log'
import { Invitations, type NewOidcAttempt } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import type { EntityManager } from 'typeorm'
import type { z } from 'zod'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { type PortalRequest, PortalSessions } from '../callers/portal-sessions.js'
import { toRefusal } from '../failures/to-refusal.js'
import { ApiAnswer } from '../http/api-answer.js'
import { GuessLimits } from '../sign-in/guess-limits.js'
import { OpenPortalApi } from '../sign-in/portal-api.js'
import { OidcAccounts } from './oidc-accounts.js'
import { LINK_PAGE, OidcAttemptCookies } from './oidc-attempt-cookies.js'
import { OidcProvider } from './oidc-provider.js'

const SIGN_IN_PAGE = '/signin'

/** Sign-in at an OpenID provider: the browser is sent there, and comes back to any gateway, once. */
@OpenPortalApi()
export class OidcController {
  constructor(
    private readonly provider: OidcProvider,
    private readonly attempts: OidcAttemptCookies,
    private readonly accounts: OidcAccounts,
    private readonly invitations: Invitations,
    private readonly sessions: PortalSessions,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly client: ClientAddress,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Raises `link_token_invalid` where the invitation is not valid. */
  @Post('oidc')
  @ApiAnswer(oidcStartedSchema)
  async start(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: oidcStartSchema }) { returnTo, invitation: token }: z.output<typeof oidcStartSchema>,
  ): Promise<OidcStarted> {
    this.limits.countApart('oidcAttempt', this.client.of(request))
    const invitationId = token === undefined ? null : await this.invitationOf(request, token)
    return { url: await this.attempts.begin(request, reply, { returnTo, accountId: null, invitationId }) }
  }

  private async invitationOf(request: PortalRequest, token: string): Promise<string> {
    const giveBack = this.limits.count(this.client.of(request))
    const invitation = await this.invitations.find(token)
    if (!invitation) throw new Refusal('link_token_invalid')
    giveBack()
    return invitation.id
  }

  /**
   * For a browser that looks at it: whatever comes of it is a page. Nobody is told where a name of theirs leads before
   * the provider has vouched for them.
   */
  @Get('oidc/callback')
  async callback(@Req() request: PortalRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const address = this.client.of(request)
    let attempt: NewOidcAttempt | undefined
    try {
      const giveBack = this.limits.countApart('oidcReturn', address)
      const taken = await this.attempts.take(request, reply)
      attempt = taken.attempt
      const user = await this.provider.user(taken.proof, attempt.redirectUri, queryOf(request))
      const page =
        attempt.accountId === null
          ? await this.signIn(request, reply, attempt, user)
          : await this.link(request, attempt, attempt.accountId, user)
      giveBack()
      return sendTo(reply, page)
    } catch (error) {
      const { refusal: cause, options } = toRefusal(error)
      this.log.info({ cause, reason: options.internal }, 'oidc: not signed in')
      this.failures.count({ who: 'OpenID', address, action: actionOf(request), cause })
      return sendTo(reply, attempt?.accountId ? LINK_PAGE : SIGN_IN_PAGE, cause)
    }
  }

  private async signIn(
    request: PortalRequest,
    reply: FastifyReply,
    { redirectUri, returnTo, invitationId }: NewOidcAttempt,
    user: Awaited<ReturnType<OidcProvider['user']>>,
  ): Promise<string> {
    const accountId = await this.accounts.of(request, user, invitationId)
    const assertHolds = (tx: EntityManager) => this.accounts.assertLinked(accountId, user.identity, tx)
    const isSecure = redirectUri.startsWith('https:')
    await this.sessions.begin(request, reply, { accountId, isSecure, assertHolds })
    return returnTo
  }

  /** To the account of who began it, who is signed in still. */
  private async link(
    request: PortalRequest,
    { returnTo }: NewOidcAttempt,
    accountId: string,
    { identity }: Awaited<ReturnType<OidcProvider['user']>>,
  ): Promise<string> {
    const signedIn = await this.sessions.find(request)
    if (signedIn?.caller.accountId !== accountId) throw new Refusal('signed_out')
    await this.accounts.link(request, signedIn, identity)
    return returnTo
  }
}

const queryOf = ({ url }: PortalRequest): string => new URL(url, 'http://localhost').search

/** `page`: a path of this server. */
function sendTo(reply: FastifyReply, page: string, cause?: RefusalCause): FastifyReply {
  const error = cause === undefined ? '' : `${page.includes('?') ? '&' : '?'}error=${cause}`
  return reply.header('cache-control', 'no-store').redirect(`${page}${error}`, 303)
}
