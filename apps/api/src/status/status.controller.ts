import { Get, Header, Req } from '@nestjs/common'
import { type StatusAnswer, statusSchema } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import type { FastifyRequest } from 'fastify'
import { ClientAddress } from '../audit/client-address.js'
import { assertTaken } from '../callers/rate-limits.js'
import { TokenBuckets } from '../callers/token-buckets.js'
import { ApiAnswer } from '../http/api-answer.js'
import { OpenPortalApi } from '../sign-in/portal-api.js'
import { StatusFacts } from './status-facts.js'

/** Looks from one network: a page that is open looks twice a minute. */
const LOOKS = { burst: 60, perMinute: 60 }

/** How hosts do, for everybody, where the operator has published it. */
@OpenPortalApi()
export class StatusController {
  private readonly looks: TokenBuckets

  constructor(
    private readonly facts: StatusFacts,
    private readonly client: ClientAddress,
    clock: Clock,
  ) {
    this.looks = new TokenBuckets(clock, LOOKS.burst, LOOKS.perMinute)
  }

  @Get('status')
  @Header('cache-control', 'public, max-age=10')
  @ApiAnswer(statusSchema)
  async status(@Req() request: FastifyRequest): Promise<StatusAnswer> {
    assertTaken(this.looks.take(this.client.of(request)))
    return this.facts.status()
  }
}
