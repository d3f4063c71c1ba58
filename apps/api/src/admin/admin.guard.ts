import { createHash, timingSafeEqual } from 'node:crypto'
import { type CanActivate, type ExecutionContext, Inject } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { standingRefusal } from '@obb/core/accounts'
import { AuthFailures } from '@obb/core/audit'
import { Clock } from '@obb/core/clock'
import { CONFIG, type Config } from '@obb/core/config'
import { type OperatorRequest, actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { shownSecret } from '../audit/shown-secret.js'
import { bearerToken } from '../callers/bearer.js'
import { PortalSessions, isPortalRoute } from '../callers/portal-sessions.js'
import { assertTaken } from '../callers/rate-limits.js'
import { TokenBuckets } from '../callers/token-buckets.js'

/** Wrong tokens of an address in a minute. */
const WRONG_TOKENS = 20

/**
 * Lets in who has the operator's token, at the portal who is signed in as an operator. Without `ADMIN_TOKEN` nobody is
 * let in by one. Who has it is let in however many wrong ones came from the same address, which others may share.
 */
export class AdminGuard implements CanActivate {
  private readonly digest: Buffer | undefined
  private readonly wrongTokens: TokenBuckets

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(ClientAddress) private readonly client: ClientAddress,
    @Inject(AuthFailures) private readonly failures: AuthFailures,
    @Inject(PortalSessions) private readonly portal: PortalSessions,
  ) {
    this.digest = config.ADMIN_TOKEN === undefined ? undefined : digestOf(config.ADMIN_TOKEN)
    this.wrongTokens = new TokenBuckets(clock, WRONG_TOKENS, WRONG_TOKENS)
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<OperatorRequest>()
    request.operator = isPortalRoute(request) ? await this.byRole(request) : this.byToken(request)
    return true
  }

  /** The e-mail of who is signed in, and is an operator. Another's token is good for nothing here. Raises Refusal. */
  private async byRole(request: OperatorRequest): Promise<string> {
    const { caller, email, role, view } = await this.portal.authenticate(request)
    const cause = standingRefusal(caller, this.clock.now())
    if (cause !== undefined) throw new Refusal(cause)
    if (role === 'operator') return email
    const address = this.client.of(request)
    this.failures.count({
      ...{ who: view?.operator ?? email, address },
      ...{ action: actionOf(request), cause: 'operator_needed' },
    })
    throw new Refusal('operator_needed')
  }

  private byToken(request: OperatorRequest): string {
    const token = bearerToken(request.headers.authorization) ?? ''
    const who = shownSecret('token', token)
    if (this.digest !== undefined && timingSafeEqual(digestOf(token), this.digest)) {
      return who
    }
    const address = this.client.of(request)
    this.failures.count({ who, address, action: actionOf(request) })
    assertTaken(this.wrongTokens.take(address))
    throw new Refusal('key_invalid', { details: ['The admin token is missing or wrong.'] })
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
