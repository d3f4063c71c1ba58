import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Accounts, Operators } from '@obb/core/accounts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { lockSignIn, transaction } from '@obb/core/locks'
import {
  type Identity,
  type Invitation,
  Invitations,
  LinkedIdentities,
  Sessions,
  type SignedIn,
  SignIns,
} from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { DataSource, type EntityManager } from 'typeorm'
import { Audited } from '../sign-in/audited.js'
import type { OidcUser } from './oidc-provider.js'

/** Of an account that nobody has granted any, bytes. */
const NO_TRAFFIC = 0

/**
 * Whose account somebody has who has signed in at the provider. In this order:
 *
 * - that which the identity is linked to, whatever has become of the e-mail
 * - that with the e-mail, where the provider vouches for it and nobody can have it any other way: an account with a
 *   password of its own is linked by who knows that, in the profile. Else whoever made it, with an e-mail that is not
 *   theirs, would share it with whom it belongs to
 * - a new one, by an invitation or for anyone, as OIDC_SIGN_UP says
 */
@Injectable()
export class OidcAccounts {
  constructor(
    private readonly accounts: Accounts,
    private readonly operators: Operators,
    private readonly identities: LinkedIdentities,
    private readonly invitations: Invitations,
    private readonly signIns: SignIns,
    private readonly sessions: Sessions,
    private readonly audited: Audited,
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'OIDC_SIGN_UP'>,
  ) {}

  /** Its id. `invitationId`: of the one that the browser had. Raises Refusal. */
  async of(request: FastifyRequest, user: OidcUser, invitationId: string | null): Promise<string> {
    const owner = await this.identities.owner(user.identity)
    if (owner?.state === 'suspended') throw new Refusal('account_suspended')
    const { accountId, email } = owner ?? (await this.claim(request, user, invitationId))
    if (user.isOperator) await this.makeOperator(request, accountId, email)
    return accountId
  }

  /** Links an identity to the account of who is signed in. Raises `oidc_linked_elsewhere` and `signed_out`. */
  async link(request: FastifyRequest, signedIn: SignedIn, identity: Identity): Promise<void> {
    const { email, caller } = signedIn
    const owner = await this.identities.owner(identity)
    if (owner?.accountId === caller.accountId) return
    await this.assertFree(caller.accountId, identity)
    await this.audited.change(request, { who: email, target: email }, () =>
      transaction(this.database, async (tx) => {
        await this.sessions.lockIn(tx, signedIn)
        await this.linkOrRefuse(caller.accountId, identity, tx)
      }),
    )
  }

  /** Raises `oidc_account_unknown` where an identity opens the account no more. */
  async assertLinked(accountId: string, identity: Identity, tx: EntityManager): Promise<void> {
    if ((await this.identities.owner(identity, tx))?.accountId !== accountId)
      throw new Refusal('oidc_account_unknown')
  }

  private async claim(
    request: FastifyRequest,
    { identity, isVerified }: OidcUser,
    invitationId: string | null,
  ): Promise<{ accountId: string; email: string }> {
    const { email } = identity
    if (email === null || !isVerified) throw new Refusal('oidc_email_unverified')
    const known = await this.signIns.credentials(email)
    if (known?.state === 'suspended') throw new Refusal('account_suspended')
    const invitation = known ? undefined : await this.leaveFor(email, invitationId)
    if (known) await this.assertFree(known.accountId, identity)
    if (known) await this.assertNoOtherWay(known.accountId)
    const who = `OpenID ${email}`
    const accountId = await this.audited.change(request, { who, target: email }, () =>
      transaction(this.database, async (tx) => {
        const id = known?.accountId ?? (await this.make(email, invitation, tx))
        await this.linkOrRefuse(id, identity, tx)
        await lockSignIn(tx, id)
        await this.assertNoOtherWay(id, tx)
        return id
      }),
    )
    return { accountId, email }
  }

  /** By what an account may be made. Raises `oidc_account_unknown`. */
  private async leaveFor(email: string, invitationId: string | null): Promise<Invitation | undefined> {
    const { OIDC_SIGN_UP: mode } = this.config
    const found = invitationId === null ? undefined : await this.invitations.byId(invitationId)
    const invitation = found?.email === null || found?.email === email ? found : undefined
    if (mode === 'anyone' || (mode === 'invitation' && invitation)) return invitation
    throw new Refusal('oidc_account_unknown')
  }

  private async make(email: string, invitation: Invitation | undefined, tx: EntityManager): Promise<string> {
    if (!invitation) return this.accounts.createWithoutKey({ email, traffic: NO_TRAFFIC }, tx)
    if (!(await this.invitations.takeById(invitation.id, tx))) throw new Refusal('link_token_invalid')
    const { role, traffic, dailyPerHost } = invitation
    return this.accounts.createWithoutKey({ email, role, traffic, dailyPerHost }, tx)
  }

  private async assertNoOtherWay(accountId: string, tx?: EntityManager): Promise<void> {
    if (await this.signIns.hasWayBesideOidc(accountId, tx)) throw new Refusal('oidc_link_needed')
  }

  /** Raises as `linkOrRefuse` would now. */
  private async assertFree(accountId: string, identity: Identity): Promise<void> {
    const taken =
      (await this.identities.owner(identity)) ?? (await this.identities.of(accountId, identity.issuer))
    if (taken) throw new Refusal('oidc_linked_elsewhere')
  }

  private async linkOrRefuse(accountId: string, identity: Identity, tx: EntityManager): Promise<void> {
    if (!(await this.identities.link(accountId, identity, tx))) throw new Refusal('oidc_linked_elsewhere')
  }

  /** Never the other way round: a role is taken by an operator. */
  private async makeOperator(request: FastifyRequest, accountId: string, email: string): Promise<void> {
    if ((await this.accounts.byId(accountId)).role === 'operator') return
    await this.audited.change(request, { who: `OpenID ${email}`, target: email }, () =>
      this.operators.setRole(email, 'operator'),
    )
  }
}
