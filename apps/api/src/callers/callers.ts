import { Injectable } from '@nestjs/common'
import { type KeyScope, Refusal, type RefusalCause } from '@obb/contracts'
import {
  Accounts,
  type Caller,
  type CachedCaller,
  type KeyTerms,
  KeyUses,
  keyRefusal,
  standingRefusal,
} from '@obb/core/accounts'
import { AuthFailures } from '@obb/core/audit'
import { Clock } from '@obb/core/clock'
import type { FastifyRequest } from 'fastify'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { shownSecret } from '../audit/shown-secret.js'
import { bearerToken } from './bearer.js'
import { PortalSessions, type PortalRequest, isPortalRoute } from './portal-sessions.js'
import { StaleIfError } from './stale-if-error.js'
import { type Meter, RateLimits } from './rate-limits.js'

export interface CallerRequest extends PortalRequest {
  /** What a key must be allowed for this request; reading where nothing is said. */
  scope?: KeyScope
  caller?: Caller
  /** Instead of it, where the handler proves the key. */
  cachedCaller?: CachedCaller
  /** What the request costs its caller, once he was let in. */
  meter?: Meter
}

/**
 * Who asks, by the key in the request, or at the portal by the session. Either is looked up with every request, a key
 * also in the statement it is for.
 */
@Injectable()
export class Callers {
  constructor(
    private readonly accounts: Accounts,
    private readonly staleIfError: StaleIfError,
    private readonly limits: RateLimits,
    private readonly client: ClientAddress,
    private readonly failures: AuthFailures,
    private readonly uses: KeyUses,
    private readonly clock: Clock,
    private readonly portal: PortalSessions,
  ) {}

  /**
   * undefined without a valid key or session. With the database away, `mayBeOld` takes the caller of a key that was valid
   * before; whatever changes something must not.
   */
  async find(request: FastifyRequest, mayBeOld: boolean): Promise<Caller | undefined> {
    if (isPortalRoute(request)) return (await this.portal.find(request, mayBeOld))?.caller
    const key = keyOf(request)
    if (key === undefined) return undefined
    return this.staleIfError.get(`caller ${key}`, () => this.accounts.byKey(key), mayBeOld)
  }

  /** authenticate is as `find`, but raises `key_invalid` where no caller is found, or as `PortalSessions.authenticate`. */
  async authenticate(request: FastifyRequest, mayBeOld: boolean): Promise<Caller> {
    if (isPortalRoute(request)) return (await this.portal.authenticate(request, mayBeOld)).caller
    const caller = await this.find(request, mayBeOld)
    if (caller) return caller
    const address = this.client.of(request)
    this.failures.count({ who: shownSecret('key', keyOf(request)), address, action: actionOf(request) })
    this.limits.countWrongKey(address)
    throw new Refusal('key_invalid')
  }

  /** Not one whose key, as it was known, does not do for this request: it may be allowed more by now. */
  cachedCaller(request: CallerRequest): CachedCaller | undefined {
    const key = isPortalRoute(request) ? undefined : keyOf(request)
    const cached = key === undefined ? undefined : this.accounts.cachedCaller(key)
    return cached && this.refusalOfKey(cached.key, request) === undefined ? cached : undefined
  }

  /** Who was let in, by a look at the key if there was none. Raises Refusal. */
  async verifiedCaller(request: CallerRequest): Promise<Caller> {
    request.caller ??= await this.authenticate(request, false)
    this.assertPermitted(request.caller, request)
    this.assertUsable(request.caller)
    return request.caller
  }

  /** Raises Refusal where the key of the caller, or a look at the portal as him, does not do for this request. */
  assertPermitted({ key, isViewed }: Caller, request: CallerRequest): void {
    if (isViewed && request.scope === 'download') throw new Refusal('view_read_only')
    const cause = key && this.refusalOfKey(key, request)
    if (cause !== undefined) throw new Refusal(cause)
  }

  assertUsable(caller: Caller): void {
    const cause = standingRefusal(caller, this.clock.now())
    if (cause !== undefined) throw new Refusal(cause)
  }

  /** For the last use of the key: who used it, and from where. */
  noteUse({ key }: Caller, request: FastifyRequest): void {
    if (key) this.uses.note(key.id, request.headers['user-agent'], this.client.of(request))
  }

  /** For the last error of the key: a request with it, which is known, was refused. */
  noteRefusal({ caller, cachedCaller }: CallerRequest, cause: RefusalCause): void {
    const key = caller?.key ?? cachedCaller?.key
    if (key) this.uses.noteRefusal(key.id, cause)
  }

  private refusalOfKey(terms: KeyTerms, request: CallerRequest): ReturnType<typeof keyRefusal> {
    const use = { scope: request.scope ?? 'read', address: this.client.addressOf(request) }
    return keyRefusal(terms, use, this.clock.now())
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const bearer = bearerToken(request.headers.authorization)
  const header = request.headers['x-api-key']
  return bearer ?? (typeof header === 'string' ? header.trim() : undefined)
}
