import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  createParamDecorator,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { KeyScope } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import type { FastifyReply } from 'fastify'
import { type CallerRequest, Callers } from './callers.js'
import { type Meter, type RateKind, RateLimits, rateHeaders } from './rate-limits.js'
import type { Tokens } from './token-buckets.js'

const NEVER_FAILS = Symbol('NeverFails')
const ANY_STANDING = Symbol('AnyStanding')
const VERIFIES_KEY = Symbol('ProvesKey')
const RATE = Symbol('Rate')
const SCOPE = Symbol('Scope')
const GENERAL = { rate: 'general', tokens: 1 } as const

/** A route that answers from the last known state while the database is away. */
export const NeverFails = () => SetMetadata(NEVER_FAILS, true)

/** A route that is there for suspended and expired accounts as well. */
export const AnyStanding = () => SetMetadata(ANY_STANDING, true)

/** A handler that takes cached callers and verifies their keys; failures that it leaves with are looked after. */
export const VerifiesKey = () => SetMetadata(VERIFIES_KEY, true)

/** Which tokens a route takes, and how many for each request; one `general` token if nothing is said. */
export const Limited = (rate: RateKind, tokens = 1) => SetMetadata(RATE, { rate, tokens })

/** What a key must be allowed to call a route; if nothing is said, reading for a GET, and `submit` for all else. */
export const NeedsScope = (scope: KeyScope) => SetMetadata(SCOPE, scope)

/** Lets in who has a valid key of a usable account that may do this, and does not ask too often. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly limits: RateLimits,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp()
    const request = http.getRequest<CallerRequest>()
    request.scope = this.metadata<KeyScope>(context, SCOPE) ?? (request.method === 'GET' ? 'read' : 'submit')
    const presumed = this.metadata<boolean>(context, VERIFIES_KEY)
      ? this.callers.cachedCaller(request)
      : undefined
    const mayBeOld = this.metadata<boolean>(context, NEVER_FAILS) ?? false
    const caller = presumed ?? (await this.callers.authenticate(request, mayBeOld))
    if (presumed) request.cachedCaller = presumed
    else request.caller = caller
    request.meter = this.meter(context, request, caller, http.getResponse<FastifyReply>())
    if (!presumed) this.callers.assertPermitted(caller, request)
    if (!presumed && !this.metadata<boolean>(context, ANY_STANDING)) this.callers.assertUsable(caller)
    this.callers.noteUse(caller, request)
    return true
  }

  /** The meter of this request, which has taken what the request itself costs. */
  private meter(
    context: ExecutionContext,
    request: CallerRequest,
    caller: Caller,
    reply: FastifyReply,
  ): Meter {
    const { rate, tokens } = this.metadata<{ rate: RateKind; tokens: number }>(context, RATE) ?? GENERAL
    const { linkId = '' } = request.params as { linkId?: string }
    const tell = (left: Tokens): void => void reply.headers(rateHeaders(left))
    const meter = this.limits.meter(rate, caller.accountId, linkId.slice(0, 64), tell)
    meter.take(tokens)
    return meter
  }

  private metadata<T>(context: ExecutionContext, key: symbol): T | undefined {
    return this.reflector.get<T | undefined>(key, context.getHandler())
  }
}

/** The account behind the key of this request. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>()
  if (!caller) throw new Error('a handler without CallerGuard asked for the caller')
  return caller
})

/** What this request costs beyond what it was let in for. */
export const CurrentMeter = createParamDecorator((_data: unknown, context: ExecutionContext): Meter => {
  const { meter } = context.switchToHttp().getRequest<CallerRequest>()
  if (!meter) throw new Error('a handler without CallerGuard asked for the meter')
  return meter
})
