import { Injectable } from '@nestjs/common'
import { type Attestation, Refusal, type WebAuthnOptions } from '@obb/contracts'
import {
  type ChallengeTerms,
  type NewPasskey,
  type Passkey,
  PasskeyChallenges,
  type SignedIn,
} from '@obb/core/sign-in'
import {
  type RegistrationResponseJSON,
  generateRegistrationOptions,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { FastifyRequest } from 'fastify'
import { ClientAddress } from '../audit/client-address.js'
import { GuessLimits } from './guess-limits.js'
import { CHALLENGE_TTL_MS, bytesOf, challengeIn, descriptorOf, userHandleBytes } from './passkey-values.js'
import { type Party, RelyingParty } from './relying-party.js'

/** Kinds of keys (COSE): EdDSA, ES256, and RS256 for Windows Hello. */
const ALGORITHMS = [-8, -7, -257]

/** Has devices make passkeys. Which make they are nobody asks; that the owner was there, they must say. */
@Injectable()
export class PasskeyMaking {
  constructor(
    private readonly challenges: PasskeyChallenges,
    private readonly party: RelyingParty,
    private readonly limits: GuessLimits,
    private readonly client: ClientAddress,
  ) {}

  /** `own`: those of the account, of which no device makes a second one. Raises Refusal `passkey_unavailable` and `rate_limited`. */
  async options(
    request: FastifyRequest,
    signedIn: SignedIn,
    own: readonly Passkey[],
  ): Promise<WebAuthnOptions> {
    const party = this.party.assert(request)
    this.limits.countApart('challenge', this.client.of(request))
    const { email, caller } = signedIn
    const options = await generateRegistrationOptions({
      ...{ rpName: 'OBB', rpID: party.id },
      ...{ userName: email, userDisplayName: email, userID: userHandleBytes(caller.accountId) },
      challenge: bytesOf(await this.challenges.issue(termsOf(party, signedIn))),
      timeout: CHALLENGE_TTL_MS,
      attestationType: 'none',
      excludeCredentials: own.filter(({ rpId }) => rpId === party.id).map(descriptorOf),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    })
    return { ...options }
  }

  /** What a device has made. Raises Refusal `passkey_refused` and `passkey_unavailable`. */
  async made(
    request: FastifyRequest,
    signedIn: SignedIn,
    attestation: Attestation,
  ): Promise<Omit<NewPasskey, 'name'>> {
    const party = this.party.assert(request)
    const challenge = challengeIn(attestation.response.clientDataJSON)
    if (challenge === undefined || !(await this.challenges.take(challenge, termsOf(party, signedIn))))
      throw refused('no such challenge')
    const { id, publicKey, counter } = await credentialOf(attestation, challenge, party)
    return {
      ...{ credentialId: bytesOf(id), rpId: party.id, publicKey: Buffer.from(publicKey), counter },
      transports: attestation.response.transports,
    }
  }
}

async function credentialOf(attestation: Attestation, challenge: string, party: Party) {
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: attestation as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: unknown) => {
    throw refused((error as Error).message)
  })
  if (!verified) throw refused('attestation is wrong')
  return registrationInfo.credential
}

const refused = (fault: string): Refusal => new Refusal('passkey_refused', { internal: `passkey: ${fault}` })

const termsOf = ({ id: rpId }: Party, { sessionId }: SignedIn): ChallengeTerms => ({
  ...{ rpId, purpose: 'register', sessionId },
})
