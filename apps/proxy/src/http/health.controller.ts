import { Controller, Get, Header, Res } from '@nestjs/common'
import { type LivenessView, type Success, success } from '@obb/contracts'
import { Readiness } from '@obb/core/readiness'
import type { FastifyReply } from 'fastify'
import { HEALTH_ROUTES, READY_ROUTE } from './routes.js'

@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Whether this process answers; asks nothing else. */
  @Get(HEALTH_ROUTES)
  @Header('cache-control', 'no-store')
  health(): Success<LivenessView> {
    return success({ status: 'ok' })
  }

  /** Whether all that a download needs is there: a check each, and what to do. */
  @Get(READY_ROUTE)
  @Header('cache-control', 'no-store')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { code, headers, body } = await this.readiness.answer()
    await reply.code(code).headers(headers).type('application/json; charset=utf-8').send(body)
  }
}
