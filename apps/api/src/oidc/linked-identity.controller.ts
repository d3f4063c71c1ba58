import { Body, Delete, Get, Post, Req, Res } from '@nestjs/common'
import {
  type Done,
  type LinkedIdentityView,
  type OidcStarted,
  type Ownership,
  Refusal,
  doneSchema,
  linkedIdentitySchema,
  oidcStartedSchema,
  ownershipSchema,
} from '@obb/contracts'
import { transaction } from '@obb/core/locks'
import { LinkedIdentities, type SignedIn, SignIns } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import { DataSource } from 'typeorm'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from '../sign-in/audited.js'
import { ConfirmationCheck } from '../sign-in/confirmation-check.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'
import { LINK_PAGE, OidcAttemptCookies } from './oidc-attempt-cookies.js'
import { OidcProvider } from './oidc-provider.js'

/** Who one is at the OpenID provider, for who is signed in: told, linked, and unlinked again. */
@PortalApi()
export class LinkedIdentityController {
  constructor(
    private readonly provider: OidcProvider,
    private readonly attempts: OidcAttemptCookies,
    private readonly identities: LinkedIdentities,
    private readonly signIns: SignIns,
    private readonly confirmation: ConfirmationCheck,
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
    @Body({ schema: ownershipSchema }) shown: Ownership,
  ): Promise<OidcStarted> {
    await transaction(this.database, await this.confirmation.assertOwner(request, session, shown))
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
    @Body({ schema: ownershipSchema }) shown: Ownership,
  ): Promise<Done> {
    const { caller, email } = session
    const assertHolds = await this.confirmation.assertOwner(request, session, shown)
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

  private issuer(): string {
    const { issuer } = this.provider
    if (issuer !== undefined) return issuer
    throw new Refusal('resource_unknown', { details: ['This server has no OpenID provider.'] })
  }
}
