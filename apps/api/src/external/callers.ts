import { Injectable } from '@nestjs/common'
import { Accounts, type Caller } from '@obb/core/accounts'
import type { FastifyRequest } from 'fastify'
import { LastKnown } from './last-known.js'

export interface CallerRequest extends FastifyRequest {
  caller?: Caller
}

/** Who asks, by the key in the request. The key is looked up with every request. */
@Injectable()
export class Callers {
  constructor(
    private readonly accounts: Accounts,
    private readonly lastKnown: LastKnown,
  ) {}

  /**
   * undefined without a valid key. With the database away, `mayBeOld` takes the caller of a key that was valid
   * before; whatever changes something must not.
   */
  async find(request: FastifyRequest, mayBeOld: boolean): Promise<Caller | undefined> {
    const key = keyOf(request)
    if (key === undefined) return undefined
    return this.lastKnown.or(`caller ${key}`, () => this.accounts.byKey(key), mayBeOld)
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
  const header = request.headers['x-api-key']
  return bearer ?? (typeof header === 'string' ? header.trim() : undefined)
}
