import { createHash, timingSafeEqual } from 'node:crypto'
import { type CanActivate, type ExecutionContext, Inject } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { CONFIG, type Config } from '@obb/core/config'
import type { FastifyRequest } from 'fastify'
import { bearerToken } from '../callers/bearer.js'

/** Lets in who has the operator's token. Without `ADMIN_TOKEN` nobody is let in. */
export class AdminGuard implements CanActivate {
  private readonly digest: Buffer | undefined

  constructor(@Inject(CONFIG) config: Config) {
    this.digest = config.ADMIN_TOKEN === undefined ? undefined : digestOf(config.ADMIN_TOKEN)
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers
    const token = bearerToken(authorization) ?? ''
    if (this.digest !== undefined && timingSafeEqual(digestOf(token), this.digest)) return true
    throw new Refusal('key_invalid', { details: ['The admin token is missing or wrong.'] })
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
