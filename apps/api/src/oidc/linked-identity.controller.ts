import { Body, Delete, Get, Post, Req, Res } from '@nestjs/common'
import {
  type Confirmation,
  type Done,
  type LinkedIdentityView,
  type OidcStarted,
  Refusal,
  doneSchema,
  linkedIdentitySchema,
  oidcLinkSchema,
  oidcStartedSchema,
} from '@obb/contracts'
import { transaction } from '@obb/core/locks'
import { LinkedIdentities, Sessions, type SignedIn, SignIns } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import { DataSource, type EntityManager } from 'typeorm'
import type { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from '../sign-in/audited.js'
import { ConfirmationCheck } from '../sign-in/confirmation-check.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'
import { LINK_PAGE, OidcAttemptCookies } from './oidc-attempt-cookies.js'
import { OidcProvider } from './oidc-provider.js'

type Shown = z.output<typeof oidcLinkSchema>

/** Who one is at the OpenID provider, for who is signed in: told, linked, and unlinked again. */
@PortalApi()
export class LinkedIdentityController {
  constructor(
    private readonly provider: OidcProvider,
    private readonly attempts: OidcAttemptCookies,
    private readonly identities: LinkedIdentities,
    private readonly signIns: SignIns,
    private readonly confirmation: ConfirmationCheck,
    private readonly sessions: Sessions,
    private readonly audited: Audited,
    private readonly database: DataSource,
  ) {}

  @Get('oidc/link')
  @ApiAnswer(linkedIdentitySchema)
  async show(@CurrentSession() { caller: { accountId } }: SignedIn): Promise<LinkedIdentityView> {
    const [identity, hasOther] = await Promise.all([
      this.identities.of(accountId, this.issuer()),
      this.signIns.hasWayBesideOidc(accountId),
    ])
    return {
      linked: identity && { email: identity.email, linkedAt: identity.linkedAt.toISOString() },
      isOnlyWay: !hasOther,
    }
  }

  @Post('oidc/link')
  @ApiAnswer(oidcStartedSchema)
  async link(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentSession() session: SignedIn,
    @Body({ schema: oidcLinkSchema }) shown: Shown,
  ): Promise<OidcStarted> {
    await transaction(this.database, await this.assertOwner(request, session, shown))
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
    @Body({ schema: oidcLinkSchema }) shown: Shown,
  ): Promise<Done> {
    const { caller, email } = session
    const assertHolds = await this.assertOwner(request, session, shown)
    if (!(await this.signIns.hasWayBesideOidc(caller.accountId))) throw new Refusal('last_sign_in_way')
    await this.audited.change(request, { who: email, target: email }, () =>
      transaction(this.database, async (tx) => {
        await assertHolds(tx)
        await this.identities.unlink(caller.accountId, this.issuer(), tx)
        await this.signIns.assertWayLeft(caller.accountId, this.issuer(), tx)
      }),
    )
    return {}
  }

  /** A borrowed session changes no way in. As `ConfirmationCheck.assert`. */
  private async assertOwner(
    request: PortalRequest,
    session: SignedIn,
    shown: Shown,
  ): Promise<(tx: EntityManager) => Promise<void>> {
    const isAsked = await this.signIns.hasWayBesideOidc(session.caller.accountId)
    if (!isAsked) return (tx) => this.sessions.lockIn(tx, session)
    return this.confirmation.assert(request, session, isConfirmed(shown) ? shown : { password: '' })
  }

  private issuer(): string {
    const { issuer } = this.provider
    if (issuer !== undefined) return issuer
    throw new Refusal('resource_unknown', { details: ['This server has no OpenID provider.'] })
  }
}

const isConfirmed = (shown: Shown): shown is Confirmation => 'password' in shown || 'passkey' in shown
