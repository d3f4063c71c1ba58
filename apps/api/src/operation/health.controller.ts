import { Controller, Get, Res } from '@nestjs/common'
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger'
import { livenessSchema, type LivenessView, readinessSchema, unreadySchema } from '@obb/contracts'
import { Readiness } from '@obb/core/readiness'
import type { FastifyReply } from 'fastify'
import { ApiAnswer } from '../http/api-answer.js'

/** For balancers and whatever restarts what hangs; without a key, on both ports. */
@ApiTags('Operation')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get()
  @ApiOperation({ summary: 'Whether this process answers; asks nothing else' })
  @ApiAnswer(livenessSchema)
  health(): LivenessView {
    return { status: 'ok' }
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether all that this process needs is there: a check each, and what to do' })
  @ApiAnswer(readinessSchema)
  @ApiResponse({ status: 503, description: 'A check is failing', standardSchema: unreadySchema })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { code, headers, body } = await this.readiness.answer()
    await reply.code(code).headers(headers).type('application/json; charset=utf-8').send(body)
  }
}
