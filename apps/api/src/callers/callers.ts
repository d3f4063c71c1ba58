import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Accounts, type Caller, type CachedCaller, standingRefusal } from '@obb/core/accounts'
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

  cachedCaller(request: FastifyRequest): CachedCaller | undefined {
    const key = isPortalRoute(request) ? undefined : keyOf(request)
    return key === undefined ? undefined : this.accounts.cachedCaller(key)
  }

  /** Who was let in, by a look at the key if there was none. Raises Refusal. */
  async verifiedCaller(request: CallerRequest): Promise<Caller> {
    request.caller ??= await this.authenticate(request, false)
    this.assertUsable(request.caller)
    return request.caller
  }

  assertUsable(caller: Caller): void {
    const cause = standingRefusal(caller, this.clock.now())
    if (cause !== undefined) throw new Refusal(cause)
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const bearer = bearerToken(request.headers.authorization)
  const header = request.headers['x-api-key']
  return bearer ?? (typeof header === 'string' ? header.trim() : undefined)
}
