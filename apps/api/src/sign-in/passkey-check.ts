import { Injectable } from '@nestjs/common'
import { type Assertion, Refusal, type WebAuthnOptions } from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import {
  type ChallengeTerms,
  type Passkey,
  PasskeyChallenges,
  Passkeys,
  type PasskeyOwner,
} from '@obb/core/sign-in'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import type { FastifyRequest } from 'fastify'
import type { EntityManager } from 'typeorm'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { GuessLimits } from './guess-limits.js'
import { CHALLENGE_TTL_MS, bytesOf, challengeIn, descriptorOf, userHandleOf } from './passkey-values.js'
import { type Party, RelyingParty } from './relying-party.js'

/** In whose session, and of which account the passkey must be; undefined: whoever signs in. */
export interface Signer {
  sessionId: string
  accountId: string
}

/** Whose passkey has signed. */
export interface Proven extends PasskeyOwner {
  /** Counts the signature. Raises `passkey_refused` where the passkey is removed by now, or its counter did not go up. */
  use: (tx?: EntityManager) => Promise<void>
}

/** Asks devices to sign with a passkey, and looks at what they have signed: once, here, and by the owner in person. */
@Injectable()
export class PasskeyCheck {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly challenges: PasskeyChallenges,
    private readonly party: RelyingParty,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly client: ClientAddress,
  ) {}

  /** Without a signer, of whichever passkey the device has. Raises Refusal `passkey_unavailable` and `rate_limited`. */
  async ask(request: FastifyRequest, signer?: Signer): Promise<WebAuthnOptions> {
    const party = this.party.assert(request)
    this.limits.countApart('challenge', this.client.of(request))
    const own = signer === undefined ? [] : await this.passkeys.list(signer.accountId)
    const options = await generateAuthenticationOptions({
      rpID: party.id,
      challenge: bytesOf(await this.challenges.issue(termsOf(party, signer))),
      allowCredentials: own.filter(({ rpId }) => rpId === party.id).map(descriptorOf),
      timeout: CHALLENGE_TTL_MS,
      userVerification: 'required',
    })
    return { ...options }
  }

  /**
   * Raises Refusal `passkey_refused`, the same for whatever is wrong, `passkey_unavailable` and `rate_limited`. `use` of
   * the answer is the caller's to call.
   */
  async assertSigned(request: FastifyRequest, assertion: Assertion, signer?: Signer): Promise<Proven> {
    const party = this.party.assert(request)
    const giveBack = this.limits.count(this.client.of(request))
    const owner = await this.passkeys.find(bytesOf(assertion.id))
    const fault = await this.faultOf(assertion, party, owner, signer)
    if (typeof fault === 'string' || !owner) throw this.refusal(request, owner, String(fault))
    giveBack()
    const use = async (tx?: EntityManager): Promise<void> => {
      if (await this.passkeys.use(owner.passkey.id, fault.newCounter, tx)) return
      throw this.refusal(request, owner, 'removed, or used since')
    }
    return { ...owner, use }
  }

  private refusal(request: FastifyRequest, owner: PasskeyOwner | undefined, fault: string): Refusal {
    const [address, cause] = [this.client.of(request), 'passkey_refused' as const]
    this.failures.count({ who: owner?.email ?? 'no user', address, action: actionOf(request), cause })
    return new Refusal(cause, { internal: `passkey: ${fault}` })
  }

  /** What is wrong with an answer; else what its device tells. The challenge is used up whatever it is. */
  private async faultOf(
    assertion: Assertion,
    party: Party,
    owner: PasskeyOwner | undefined,
    signer: Signer | undefined,
  ): Promise<string | { newCounter: number }> {
    const challenge = challengeIn(assertion.response.clientDataJSON)
    const terms = termsOf(party, signer)
    if (challenge === undefined || !(await this.challenges.take(challenge, terms))) return 'no such challenge'
    if (owner === undefined) return 'not known'
    const { passkey } = owner
    if (passkey.rpId !== party.id) return 'of another address'
    if (signer !== undefined && passkey.accountId !== signer.accountId) return "somebody else's"
    // A device that keeps passkeys tells whose one is; where it was asked for certain ones it may leave that out.
    const handle = assertion.response.userHandle ?? undefined
    if (handle === undefined ? signer === undefined : handle !== userHandleOf(passkey.accountId))
      return "somebody else's"
    return verified(assertion, challenge, party, passkey)
  }
}

async function verified(
  assertion: Assertion,
  challenge: string,
  party: Party,
  passkey: Passkey,
): Promise<string | { newCounter: number }> {
  try {
    const { verified: isRight, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: {
        ...descriptorOf(passkey),
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
      },
      requireUserVerification: true,
    })
    return isRight ? authenticationInfo : 'signature is wrong'
  } catch (error) {
    return (error as Error).message
  }
}

const termsOf = ({ id: rpId }: Party, signer: Signer | undefined): ChallengeTerms => ({
  ...{ rpId, purpose: signer === undefined ? 'sign-in' : 'confirm' },
  sessionId: signer?.sessionId ?? null,
})
