import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  UseGuards,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { PORTAL_API } from '@obb/contracts'
import type { SignedIn } from '@obb/core/sign-in'
import { type PortalRequest, PortalSessions } from '../callers/portal-sessions.js'
import { JsonBody } from '../http/body.js'

/** Lets in this server's own pages, whoever has opened them. */
@Injectable()
class OwnPageGuard implements CanActivate {
  constructor(private readonly sessions: PortalSessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PortalRequest>()
    if (request.method !== 'GET') await this.sessions.admit(request)
    return true
  }
}

/** Lets in who is signed in, in whatever standing. */
@Injectable()
class SessionGuard implements CanActivate {
  constructor(private readonly sessions: PortalSessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.sessions.authenticate(context.switchToHttp().getRequest<PortalRequest>())
    return true
  }
}

const portalApi = (guard: typeof OwnPageGuard | typeof SessionGuard): ClassDecorator =>
  applyDecorators(Controller(PORTAL_API), UseGuards(guard, JsonBody), ApiExcludeController())

/** Routes of the portal alone, for who is signed in. */
export const PortalApi = (): ClassDecorator => portalApi(SessionGuard)

/** The same for everybody: those of OPEN_ROUTES. */
export const OpenPortalApi = (): ClassDecorator => portalApi(OwnPageGuard)

/** Who is signed in. */
export const CurrentSession = createParamDecorator((_data: unknown, context: ExecutionContext): SignedIn => {
  const { signedIn } = context.switchToHttp().getRequest<PortalRequest>()
  if (!signedIn) throw new Error('a handler without SessionGuard asked who is signed in')
  return signedIn
})
