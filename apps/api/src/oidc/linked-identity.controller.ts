import { Body, Delete, Get, Post, Req, Res } from '@nestjs/common'
import {
  type Done,
  type LinkedIdentityView,
  type OidcStarted,
  Refusal,
  doneSchema,
  linkedIdentitySchema,
  oidcLinkSchema,
  oidcStartedSchema,
} from '@obb/contracts'
import { lockSignIn, transaction } from '@obb/core/locks'
import { LinkedIdentities, type SignedIn, SignIns } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import { DataSource } from 'typeorm'
import type { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from '../sign-in/audited.js'
import { PasswordCheck } from '../sign-in/password-check.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'
import { LINK_PAGE, OidcAttemptCookies } from './oidc-attempt-cookies.js'
import { OidcProvider } from './oidc-provider.js'

type Ways = Awaited<ReturnType<SignIns['waysBesideOidc']>>

/** Who one is at the OpenID provider, for who is signed in: told, linked, and unlinked again. */
@PortalApi()
export class LinkedIdentityController {
  constructor(
    private readonly provider: OidcProvider,
    private readonly attempts: OidcAttemptCookies,
    private readonly identities: LinkedIdentities,
    private readonly signIns: SignIns,
    private readonly password: PasswordCheck,
    private readonly audited: Audited,
    private readonly database: DataSource,
  ) {}

  @Get('oidc/link')
  @ApiAnswer(linkedIdentitySchema)
  async show(@CurrentSession() { caller: { accountId } }: SignedIn): Promise<LinkedIdentityView> {
    const [identity, ways] = await Promise.all([
      this.identities.of(accountId, this.issuer()),
      this.signIns.waysBesideOidc(accountId),
    ])
    return {
      linked: identity && { email: identity.email, linkedAt: identity.linkedAt.toISOString() },
      hasPassword: ways.password,
      isOnlyWay: !ways.any,
    }
  }

  @Post('oidc/link')
  @ApiAnswer(oidcStartedSchema)
  async link(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentSession() session: SignedIn,
    @Body({ schema: oidcLinkSchema }) { password }: z.output<typeof oidcLinkSchema>,
  ): Promise<OidcStarted> {
    await this.assertOwner(request, session, password)
    const { accountId } = session.caller
    return {
      url: await this.attempts.begin(request, reply, { accountId, invitationId: null, returnTo: LINK_PAGE }),
    }
  }

  /** Can be repeated. Raises `last_sign_in_way`. */
  @Delete('oidc/link')
  @ApiAnswer(doneSchema)
  async unlink(
    @Req() request: PortalRequest,
    @CurrentSession() session: SignedIn,
    @Body({ schema: oidcLinkSchema }) { password }: z.output<typeof oidcLinkSchema>,
  ): Promise<Done> {
    await this.assertOwner(request, session, password)
    const { caller, email } = session
    await this.audited.change(request, { who: email, target: email }, () =>
      transaction(this.database, async (tx) => {
        await lockSignIn(tx, caller.accountId)
        const ways = await this.signIns.waysBesideOidc(caller.accountId, tx)
        if (!ways.any) throw new Refusal('last_sign_in_way')
        await this.identities.unlink(caller.accountId, this.issuer(), tx)
      }),
    )
    return {}
  }

  /** A borrowed session changes no way in. */
  private async assertOwner(
    request: PortalRequest,
    { caller, email }: SignedIn,
    password: string | undefined,
  ): Promise<void> {
    const ways: Ways = await this.signIns.waysBesideOidc(caller.accountId)
    if (ways.password) await this.password.assertOwn(request, email, password ?? '')
  }

  private issuer(): string {
    const { issuer } = this.provider
    if (issuer !== undefined) return issuer
    throw new Refusal('resource_unknown', { details: ['This server has no OpenID provider.'] })
  }
}
