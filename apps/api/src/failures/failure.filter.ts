import { types } from 'node:util'
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common'
import { EXTERNAL_API, REFUSALS, Refusal, failureAnswer } from '@obb/contracts'
import { LOG, type Log } from '@obb/core/log'
import { recordRefusal } from '@obb/core/metrics'
import { annotate } from '@obb/core/tracing'
import type { FastifyReply } from 'fastify'
import { type CallerRequest, Callers } from '../callers/callers.js'
import { isServedOn } from '../http/admin-connections.js'
import { languageOf, tellLanguage } from '../http/language.js'
import { KnownRoutes } from './known-routes.js'
import { toRefusal, textOf } from './to-refusal.js'

/** STACK_LINES is how many lines of a stack tell where it happened; the lines below are the framework's. */
const STACK_LINES = 8

/** The one writer of failures of the gateway: whatever goes wrong leaves as the envelope. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly routes: KnownRoutes,
    private readonly callers: Callers,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp()
    const request = http.getRequest<CallerRequest>()
    return this.write(http.getResponse<FastifyReply>(), request, error)
  }

  /** Also for errors of the framework itself, outside any handler. */
  async write(reply: FastifyReply, request: CallerRequest, error: unknown): Promise<void> {
    if (request.raw.destroyed && !request.raw.complete) {
      // Its client broke off, and whatever waited for the rest of the body fails with the error of the socket.
      this.log.debug({ reason: textOf(error) }, 'the client went away')
      void reply.code(400).send()
      return
    }
    let refusal = await this.refusalOfCaller(request, toRefusal(error))
    const isHere = isServedOn(request.raw.socket, request.url)
    const allow = refusal.refusal === 'route_unknown' && isHere ? this.routes.methods(request.url) : []
    if (allow.length > 0) {
      refusal = new Refusal('method_not_allowed')
      void reply.header('allow', allow.join(', '))
    }
    this.report(request, refusal, error)
    this.callers.noteRefusal(request, refusal.refusal)
    recordRefusal(reply.raw, refusal)
    const language = languageOf(request)
    const answer = failureAnswer(refusal, await this.errorsAs200(request, refusal), language)
    tellLanguage(reply, language)
    void reply
      .code(answer.code)
      .headers({
        ...answer.headers,
        'cache-control': 'no-store',
        'x-request-id': request.id,
      })
      .type('application/json; charset=utf-8')
      .send(answer.body)
  }

  /** The key of a cached caller is looked at: where it is not valid, that is what the answer says. */
  private async refusalOfCaller(request: CallerRequest, refusal: Refusal): Promise<Refusal> {
    const isProven = request.caller || !request.cachedCaller || refusal.refusal === 'key_invalid'
    if (isProven || REFUSALS[refusal.refusal].http >= 500) return refusal
    return this.callers.verifiedCaller(request).then(() => refusal, toRefusal)
  }

  /**
   * errorsAs200 tells whether the caller wants errors as 200. What fails before the caller is known (a body that is no
   * JSON, a wrong method) is answered as asked, too.
   */
  private async errorsAs200(request: CallerRequest, refusal: Refusal): Promise<boolean> {
    if (request.caller) return request.caller.errorsAs200
    const makesNoDifference = failureAnswer(refusal, true).code === failureAnswer(refusal, false).code
    if (makesNoDifference || !request.url.startsWith(`${EXTERNAL_API}/`)) return false
    const caller = await this.callers.find(request, true).catch(() => undefined)
    return caller?.errorsAs200 ?? false
  }

  private report(request: CallerRequest, refusal: Refusal, error: unknown): void {
    const reason = refusal.options.internal
    annotate({ 'obb.refusal': refusal.refusal })
    if (REFUSALS[refusal.refusal].http < 500) {
      this.log.debug({ cause: refusal.refusal, reason }, 'request refused')
      return
    }
    const { linkId } = (request.params ?? {}) as { linkId?: unknown }
    const fields = {
      ...{ cause: refusal.refusal, reason, route: request.routeOptions.url },
      ...(typeof linkId === 'string' && { link: linkId.slice(0, 8) }),
    }
    if (refusal.refusal === 'internal') {
      const stack = types.isNativeError(error)
        ? error.stack?.split('\n').slice(0, STACK_LINES).join('\n')
        : textOf(error)
      // With its id, by which two faults that are alike are not folded: each client was told its own.
      this.log.error({ ...fields, request: request.id, stack }, 'request failed')
    } else this.log.warn(fields, 'request failed')
  }
}
