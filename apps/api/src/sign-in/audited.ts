import { Injectable } from '@nestjs/common'
import { EXTERNAL_API, PORTAL_API } from '@obb/contracts'
import { AuditLog, type AuditedChange } from '@obb/core/audit'
import type { FastifyRequest } from 'fastify'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { toRefusal } from '../failures/to-refusal.js'

/** The audit log for changes that no operator makes, once it is known that whoever asks may: nobody else fills it. */
@Injectable()
export class Audited {
  constructor(
    private readonly audit: AuditLog,
    private readonly client: ClientAddress,
  ) {}

  /** Makes a change that stands in the audit log before, and with its outcome afterwards. Raises as `make`. */
  async change<T>(
    request: FastifyRequest,
    { who, target }: Pick<AuditedChange, 'who' | 'target'>,
    make: () => Promise<T>,
  ): Promise<T> {
    const address = this.client.of(request)
    const change: AuditedChange = {
      who,
      address,
      action: actionOf(request, EXTERNAL_API, PORTAL_API),
      target,
    }
    const id = await this.audit.begin(change)
    const finish = (outcome: string) => this.audit.finish(id, change, { target, outcome, changes: {} })
    try {
      const made = await make()
      await finish('ok')
      return made
    } catch (error) {
      await finish(toRefusal(error).refusal)
      throw error
    }
  }
}
