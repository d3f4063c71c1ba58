import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
  createParamDecorator,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import type { Clock } from '@obb/core/clock'
import type { FastifyReply } from 'fastify'
import { CLOCK } from '../tokens.js'
import { type CallerRequest, Callers } from './callers.js'
import { type Rate, RateLimits, assertTaken, rateHeaders } from './rate-limits.js'

const NEVER_FAILS = Symbol('NeverFails')
const ANY_STANDING = Symbol('AnyStanding')
const RATE = Symbol('Rate')

/** A route that answers from the last known state while the database is away (API.md). */
export const NeverFails = () => SetMetadata(NEVER_FAILS, true)

/** A route that is there for suspended and expired accounts as well. */
export const AnyStanding = () => SetMetadata(ANY_STANDING, true)

/** Which limit of requests a route falls under; `general` if nothing is said. */
export const Limited = (rate: Rate) => SetMetadata(RATE, rate)

/** Lets in who has a valid key of a usable account and does not ask too often. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly limits: RateLimits,
    private readonly reflector: Reflector,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp()
    const request = http.getRequest<CallerRequest>()
    const caller = await this.callers.find(request, this.metadata<boolean>(context, NEVER_FAILS) ?? false)
    if (!caller) {
      this.limits.failed(request.ip)
      throw new Refusal('key_invalid')
    }
    request.caller = caller
    this.limit(
      this.metadata<Rate>(context, RATE) ?? 'general',
      request,
      caller,
      http.getResponse<FastifyReply>(),
    )
    if (!this.metadata<boolean>(context, ANY_STANDING)) this.assertUsable(caller)
    return true
  }

  private limit(rate: Rate, request: CallerRequest, caller: Caller, reply: FastifyReply): void {
    const { linkId = '' } = request.params as { linkId?: string }
    const of = rate === 'polling' ? `${caller.accountId} ${linkId.slice(0, 64)}` : caller.accountId
    const tokens = this.limits.take(rate, of)
    if (tokens) void reply.headers(rateHeaders(tokens))
    assertTaken(tokens)
  }

  private assertUsable(caller: Caller): void {
    if (caller.state !== 'active') throw new Refusal('account_suspended')
    if (caller.expiresAt !== null && caller.expiresAt.getTime() <= this.clock.now()) {
      throw new Refusal('account_expired')
    }
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
