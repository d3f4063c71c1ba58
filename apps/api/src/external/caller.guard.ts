import { type CanActivate, type ExecutionContext, Inject, Injectable, createParamDecorator } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Accounts, type Caller } from '@obb/core/accounts'
import type { Clock } from '@obb/core/clock'
import type { FastifyRequest } from 'fastify'
import { isAway } from '../failures/refusal-of.js'
import { CLOCK } from '../tokens.js'
import { LastKnown } from './last-known.js'

export interface CallerRequest extends FastifyRequest {
  caller?: Caller
}

/** Lets in who has a valid key of a usable account. The key is looked up with every request. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly accounts: Accounts,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly lastKnown: LastKnown,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>()
    const key = keyOf(request)
    const caller = key === undefined ? undefined : await this.find(key)
    if (!caller) throw new Refusal('key_invalid')
    request.caller = caller
    if (caller.state !== 'active') throw new Refusal('account_suspended')
    if (caller.expiresAt !== null && caller.expiresAt.getTime() <= this.clock.now()) {
      throw new Refusal('account_expired')
    }
    return true
  }

  /** With the database away, a key that was valid just before still reads the last known state. */
  private find(key: string): Promise<Caller | undefined> {
    return this.lastKnown.or(`caller ${key}`, () => this.accounts.byKey(key), isAway)
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
  const header = request.headers['x-api-key']
  return bearer ?? (typeof header === 'string' ? header.trim() : undefined)
}

/** The account behind the key of this request. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>()
  if (!caller) throw new Error('a handler without CallerGuard asked for the caller')
  return caller
})
