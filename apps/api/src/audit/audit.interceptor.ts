import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  type Type,
} from '@nestjs/common'
import { ModuleRef, Reflector } from '@nestjs/core'
import { ADMIN_API, PORTAL_ADMIN_API } from '@obb/contracts'
import { AuditLog, type AuditedChange, changesBetween } from '@obb/core/audit'
import type { FastifyRequest } from 'fastify'
import { type Observable, from, lastValueFrom } from 'rxjs'
import { toRefusal } from '../failures/to-refusal.js'
import { type AuditRequest, AuditSubject } from './audit-subject.js'
import { ClientAddress } from './client-address.js'

const SUBJECT = Symbol('AuditSubject')
const READS = ['GET', 'HEAD']

/** What the writing routes of a controller are about. */
export const Audits = (subject: Type<AuditSubject>) => SetMetadata(SUBJECT, subject)

/** Of a request that the guard let in. */
export interface OperatorRequest extends FastifyRequest {
  /** The token by the beginning of its hash; at the portal an e-mail. */
  operator?: string
}

/**
 * Every request of the admin API that may change something stands in the audit log: before it is looked at, so that
 * none is missing whatever dies, and with its outcome and what it changed when it is over.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AuditLog) private readonly audit: AuditLog,
    private readonly client: ClientAddress,
    private readonly modules: ModuleRef,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<OperatorRequest>()
    if (READS.includes(request.method)) return next.handle()
    const type = this.reflector.get<Type<AuditSubject> | undefined>(SUBJECT, context.getClass())
    if (type === undefined) throw new Error(`${context.getClass().name} writes, and names no audit subject`)
    const subject = this.modules.get(type, { strict: false })
    return from(this.record(request, subject, () => lastValueFrom(next.handle())))
  }

  private async record(
    request: OperatorRequest,
    subject: AuditSubject,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    const { params, query, body } = request
    const about: AuditRequest = { params: params as Record<string, unknown>, query, body }
    const before = await subject.read(about)
    const change: AuditedChange = {
      who: request.operator ?? 'nobody',
      address: this.client.of(request),
      action: actionOf(request, ADMIN_API, PORTAL_ADMIN_API),
      target: before.target,
    }
    const id = await this.audit.begin(change)
    const finish = async (outcome: string, answer?: unknown): Promise<void> => {
      // The change is made by now, so whatever the audit log lacks, its answer is the handler's.
      const after = await subject.read({ ...about, answer }).catch(() => undefined)
      const changes = after === undefined ? {} : changesBetween(before.state, after.state)
      await this.audit.finish(id, change, { target: after?.target ?? before.target, outcome, changes })
    }
    try {
      const answer = await handle()
      await finish('ok', answer)
      return answer
    } catch (error) {
      await finish(toRefusal(error).refusal)
      throw error
    }
  }
}

/** Method and route, of a closed set: `PATCH /users`. One of the `prefixes` is left out. */
export function actionOf({ method, routeOptions }: FastifyRequest, ...prefixes: readonly string[]): string {
  const route = routeOptions.url ?? ''
  const prefix = prefixes.find((each) => route.startsWith(`${each}/`)) ?? ''
  return `${method} ${route.slice(prefix.length)}`
}
