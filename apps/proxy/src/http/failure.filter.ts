import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import { REFUSALS } from '@obb/contracts'
import { recordRefusal } from '@obb/core/metrics'
import type { FastifyReply } from 'fastify'
import { toRefusal, writeFailure } from './failures.js'
import { LOG, type Log } from '../ports.js'

/** Takes every exception of a request to the writer; a log line is for what is not the client's doing. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>()
    const refusal = toRefusal(error)
    const fields = { cause: refusal.refusal, reason: refusal.message }
    if (REFUSALS[refusal.refusal].http >= 500) this.log.error(fields, 'request failed')
    else if (refusal.options.internal !== undefined) this.log.warn(fields, 'request refused')
    recordRefusal(reply.raw, refusal)
    reply.hijack()
    writeFailure(reply.raw, refusal)
  }
}
