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
import { CLOCK } from '../tokens.js'
import { type CallerRequest, Callers } from './callers.js'

const NEVER_FAILS = Symbol('NeverFails')

/** A route that answers from the last known state while the database is away (API.md). */
export const NeverFails = () => SetMetadata(NEVER_FAILS, true)

/** Lets in who has a valid key of a usable account. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly reflector: Reflector,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>()
    const mayBeOld = this.reflector.get<boolean | undefined>(NEVER_FAILS, context.getHandler()) ?? false
    const caller = await this.callers.find(request, mayBeOld)
    if (!caller) throw new Refusal('key_invalid')
    request.caller = caller
    if (caller.state !== 'active') throw new Refusal('account_suspended')
    if (caller.expiresAt !== null && caller.expiresAt.getTime() <= this.clock.now()) {
      throw new Refusal('account_expired')
    }
    return true
  }
}

/** The account behind the key of this request. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>()
  if (!caller) throw new Error('a handler without CallerGuard asked for the caller')
  return caller
})
