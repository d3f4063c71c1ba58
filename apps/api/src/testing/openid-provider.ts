import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider'

const CLIENT_ID = 'obb'
const MAX_REDIRECTS = 10

/** Somebody at the provider: `sub`, and what else it tells of them. */
export interface Claims {
  sub: string
  email?: string
  email_verified?: boolean
  groups?: string[]
}

/** An OpenID provider on a free port, at which somebody is signed in already: `oidc-provider`, as it comes. */
export class OpenIdProvider {
  readonly clientSecret = randomBytes(24).toString('base64url')
  /** Who comes by; undefined: somebody who does not let the client know. */
  user: Claims | undefined
  /** Answers everything in place of the provider, where it is set. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  private provider: Provider | undefined
  private readonly users = new Map<string, Claims>()

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OpenIdProvider> {
    const server = createServer((request, response) => own.answer(request, response))
    const own = new OpenIdProvider(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return own
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Settings of a gateway that uses it. */
  get settings(): Record<string, string> {
    return {
      OIDC_ISSUER: this.issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: this.clientSecret,
      OIDC_NAME: 'Example ID',
    }
  }

  /** Knows the client, whose pages are at `origin`. */
  register(origin: string): void {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
    this.provider = new Provider(this.issuer, {
      clients: [
        {
          ...{ client_id: CLIENT_ID, client_secret: this.clientSecret },
          redirect_uris: [`${origin}/api/portal/v1/oidc/callback`],
        },
      ],
      adapter: () => new MemoryAdapter(),
      jwks: { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'RS256' }] },
      cookies: { keys: [randomUUID()] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
      features: { devInteractions: { enabled: false } },
      ttl: {
        AccessToken: 600,
        AuthorizationCode: 60,
        Grant: 600,
        IdToken: 600,
        Interaction: 600,
        Session: 600,
      },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, id) => {
        const claims = this.user?.sub === id ? this.user : this.users.get(id)
        return claims && { accountId: id, claims: () => ({ ...claims }) }
      },
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          clientId: CLIENT_ID,
          accountId: oidc.session?.accountId ?? '',
        })
        grant.addOIDCScope('openid email profile')
        await grant.save()
        return grant
      },
    })
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { instead, provider } = this
    if (instead) return instead(request, response)
    if (!provider) return void response.writeHead(503).end()
    if (request.url?.startsWith('/interaction/')) return void this.interact(provider, request, response)
    void provider.callback()(request, response)
  }

  /** The page that asks who somebody is: whoever comes is known here. */
  private async interact(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { user } = this
    if (user) this.users.set(user.sub, user)
    const result = user
      ? { login: { accountId: user.sub, remember: false } }
      : { error: 'access_denied', error_description: 'they said no' }
    await provider.interactionFinished(request, response, result)
  }

  /** What a browser does that is sent to `url`: where the provider sends it back to. */
  async visit(url: string): Promise<string> {
    const cookies = new Map<string, string>()
    let at = url
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      const response = await fetch(at, { redirect: 'manual', headers: { cookie } })
      await response.arrayBuffer()
      for (const field of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? []
        cookies.set(name, value)
      }
      const location = response.headers.get('location')
      if (location === null) throw new Error(`the provider answered ${response.status} at ${at}`)
      at = new URL(location, at).href
      if (!at.startsWith(this.issuer)) return at
    }
    throw new Error('the provider sends browsers round in circles')
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** Of one kind of what the provider keeps. */
class MemoryAdapter implements Adapter {
  private readonly kept = new Map<string, AdapterPayload>()

  upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.kept.set(id, payload)
    return Promise.resolve()
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve(this.kept.get(id))
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve([...this.kept.values()].find((payload) => payload.uid === uid))
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve([...this.kept.values()].find((payload) => payload.userCode === userCode))
  }

  consume(id: string): Promise<void> {
    const payload = this.kept.get(id)
    if (payload) payload.consumed = Math.floor(Date.now() / 1_000)
    return Promise.resolve()
  }

  destroy(id: string): Promise<void> {
    this.kept.delete(id)
    return Promise.resolve()
  }

  revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, payload] of this.kept) if (payload.grantId === grantId) this.kept.delete(id)
    return Promise.resolve()
  }
}
