import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import type { Identity } from '@obb/core/sign-in'
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  None,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  fetchUserInfo,
} from 'openid-client'
import { z } from 'zod'
import { ProviderAway, boundedFetch } from './bounded-fetch.js'
import type { BrowserProof } from './browser-proof.js'

/** For an answer of the provider, s. */
const TIMEOUT_S = 10
/** How long what a provider says of itself is taken for true, ms; its keys are looked at anew by themselves. */
const KNOWN_MS = 3_600_000

type Settings = Pick<
  ApiConfig,
  'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'OIDC_SCOPES' | 'OIDC_OPERATOR_CLAIM'
>

/** Who has signed in at the provider. */
export interface OidcUser {
  /** Its e-mail as the provider told it, in lower case. */
  identity: Identity
  /** Whether the provider has seen to it that the e-mail is theirs. */
  isVerified: boolean
  /** Whether OIDC_OPERATOR_CLAIM says so. */
  isOperator: boolean
}

type Claims = Readonly<Record<string, unknown>>

/**
 * The OpenID provider of the settings. What it says of itself is asked for when it is first needed and kept for an hour,
 * by each gateway process for itself; while it is away nothing fails but this. Raises Refusal `oidc_unavailable`, and
 * `resource_unknown` where none is set.
 */
@Injectable()
export class OidcProvider {
  private known: { until: number; configuration: Promise<Configuration> } | undefined

  constructor(@Inject(CONFIG) private readonly settings: Settings) {}

  /** undefined: none is set. */
  get issuer(): string | undefined {
    return this.settings.OIDC_ISSUER
  }

  /** Where a browser goes to sign in. */
  async authorizationUrl({ state, nonce, verifier }: BrowserProof, redirectUri: string): Promise<string> {
    const configuration = await this.configuration()
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.settings.OIDC_SCOPES,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...{ state, nonce },
    })
    return url.href
  }

  /** Who has come back. `query`: of the address that the browser was sent back to. Raises also `oidc_refused`. */
  async user(proof: BrowserProof, redirectUri: string, query: string): Promise<OidcUser> {
    const configuration = await this.configuration()
    try {
      const tokens = await authorizationCodeGrant(configuration, new URL(`${redirectUri}${query}`), {
        expectedState: proof.state,
        expectedNonce: proof.nonce,
        pkceCodeVerifier: proof.verifier,
        idTokenExpected: true,
      })
      const idToken = tokens.claims()
      if (!idToken) throw new Refusal('oidc_refused', { internal: 'an answer without an ID token' })
      const more = await this.userInfo(configuration, tokens.access_token, idToken)
      return this.userOf(idToken.sub, { ...more, ...idToken })
    } catch (error) {
      throw providerRefusal(error)
    }
  }

  /** Why the provider cannot be used, asked now; null: it can. */
  async fault(): Promise<string | null> {
    try {
      await this.discover()
      return null
    } catch (error) {
      return textOf(error)
    }
  }

  /** What the ID token does not have; many providers put no more into it than who it is. */
  private async userInfo(configuration: Configuration, accessToken: string, claims: Claims): Promise<Claims> {
    const { OIDC_OPERATOR_CLAIM: operator } = this.settings
    const isEnough =
      'email' in claims && 'email_verified' in claims && (operator === undefined || operator.name in claims)
    if (isEnough || configuration.serverMetadata().userinfo_endpoint === undefined) return {}
    return fetchUserInfo(configuration, accessToken, String(claims['sub']))
  }

  private userOf(subject: string, claims: Claims): OidcUser {
    const email = z.email().max(254).safeParse(claims['email'])
    const verified = claims['email_verified']
    return {
      identity: {
        ...{ issuer: this.settings.OIDC_ISSUER ?? '', subject },
        email: email.success ? email.data.toLowerCase() : null,
      },
      isVerified: email.success && (verified === true || verified === 'true'),
      isOperator: this.isOperator(claims),
    }
  }

  private isOperator(claims: Claims): boolean {
    const { OIDC_OPERATOR_CLAIM: wanted } = this.settings
    if (wanted === undefined) return false
    return [claims[wanted.name]]
      .flat()
      .some((value) => typeof value !== 'object' && String(value) === wanted.value)
  }

  private async configuration(): Promise<Configuration> {
    if (this.known === undefined || this.known.until <= performance.now()) {
      const known = { until: performance.now() + KNOWN_MS, configuration: this.discover() }
      this.known = known
      known.configuration.catch(() => {
        if (this.known === known) this.known = undefined // the next one asks again
      })
    }
    return this.known.configuration.catch((error: unknown) => {
      throw providerRefusal(error)
    })
  }

  private async discover(): Promise<Configuration> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: secret } = this.settings
    if (issuer === undefined || clientId === undefined)
      throw new Refusal('resource_unknown', { details: ['This server has no OpenID provider.'] })
    return discovery(new URL(issuer), clientId, undefined, clientAuth(secret), {
      [customFetch]: boundedFetch,
      timeout: TIMEOUT_S,
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    })
  }
}

/** By the way that the provider takes; the first is what it takes where it says nothing. */
function clientAuth(secret: string | undefined): ClientAuth {
  if (secret === undefined) return None()
  return (server, client, body, headers) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const way = ways.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost
    way(secret)(server, client, body, headers)
  }
}

function providerRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const internal = textOf(error)
  return new Refusal(isAway(error) ? 'oidc_unavailable' : 'oidc_refused', { internal })
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined)

/** A provider that says something other than it should be is away, too: a proxy before it answers. */
function isAway(error: unknown): boolean {
  if (error instanceof ProviderAway || causeOf(error) instanceof ProviderAway) return true
  const { code } = error as { code?: unknown }
  return (
    code === 'OAUTH_TIMEOUT' ||
    code === 'OAUTH_RESPONSE_IS_NOT_JSON' ||
    code === 'OAUTH_RESPONSE_IS_NOT_CONFORM'
  )
}

/** Without what a provider or a browser has sent: neither codes nor tokens come into a log. */
function textOf(error: unknown): string {
  const cause = causeOf(error)
  if (cause instanceof ProviderAway) return cause.message
  const { message, error: name } = error as { message?: string; error?: unknown }
  return [message, typeof name === 'string' ? name.slice(0, 64) : undefined].filter(Boolean).join(': ')
}
